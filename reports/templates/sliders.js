
"use strict";
(() => {
  // ── Power, events and precision of a survival trial: the formulas of duonen_stats.design, constant hazards ──

  // Normal distribution. Near 0 a series of terms of one sign, beyond it Lentz's continued fraction of the tail.
  const density = (x) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  const above = (x) => {
    if (x < 0) return 1 - above(-x);
    if (x < 2.5) {
      let [term, sum] = [x, x];
      for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 400; n += 2) sum += term *= (x * x) / n;
      return 0.5 - density(x) * sum;
    }
    let value = 0;
    for (let n = 300; n > 0; n -= 1) value = n / (x + value);
    return density(x) / (x + value);
  };
  const below = (x) => above(-x);
  // Quantile: a rough start, and Newton's steps on it, which double the digits each.
  const quantile = (p) => {
    if (p > 0.5) return -quantile(1 - p);
    if (p === 0.5) return 0;
    const t = Math.sqrt(-2 * Math.log(p));
    let x = -(t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t)));
    for (let step = 0; step < 6; step += 1) x -= (below(x) - p) / density(x);
    return x;
  };

  // (x - (1 - exp(-x))) / x², which is 1/2 at x = 0, without cancellation.
  const second = (x) => {
    if (x >= 0.5) return (x + Math.expm1(-x)) / (x * x);
    let [term, sum] = [0.5, 0];
    for (let n = 3; n < 20; n += 1) {
      sum += term;
      term *= -x / n;
    }
    return sum;
  };
  // Probability that the event has been seen by a time since entry, and its integral over times of entry.
  const incidence = (hazard, loss, longest) => {
    const total = hazard + loss;
    const at = (months) => (hazard > 0 && months > 0 ? (-hazard / total) * Math.expm1(-total * Math.min(months, longest)) : 0);
    const integral = (low, width) => {
      const high = low + width;
      const length = Math.min(high, longest) - low;
      let sum = 0;
      if (length > 0) sum += at(low) * length + Math.exp(-total * low) * hazard * length * length * second(total * length);
      const after = high - Math.max(low, longest);
      return after > 0 ? sum + at(longest) * after : sum;
    };
    return { at, integral };
  };
  // Mean over the entry times of an accrual, given as periods [start, end, patients].
  const overEntry = ({ at, integral }, entry, month) => {
    let [sum, patients] = [0, 0];
    for (const [start, end, number] of entry) {
      patients += number;
      const [longest, width] = [month - start, end - start];
      if (longest <= 0) continue;
      if (width <= 0) sum += number * at(longest);
      else if (month >= end) sum += (number * integral(month - end, width)) / width;
      else sum += (number * integral(0, longest)) / width;
    }
    return sum / patients;
  };
  const probability = (design, control, experimental) => {
    const of = (hazard, loss) => overEntry(incidence(hazard, loss, design.longest), design.entry, design.month);
    return [of(control, design.loss[0]), of(experimental, design.loss[1])];
  };

  // Each formula: the effect, its standard deviation per event or patient under null hypothesis and alternative.
  const byEvents = (effect, sd) => ({ unit: "events", effect, sdNull: sd, sd });
  const ratioSd = (design, [control, experimental]) => {
    const parts = [design.share * experimental, (1 - design.share) * control];
    return Math.min(...parts) > 0 ? Math.sqrt(1 / parts[0] + 1 / parts[1]) : NaN;
  };
  const pooled = (d) => (d.hazards[0] + d.r * d.hazards[1]) / (1 + d.r * d.margin);
  const twoVariances = (d, hazard) => ({
    unit: "patients",
    effect: Math.abs(Math.log(d.ratio / d.margin)),
    sdNull: ratioSd(d, probability(d, hazard, hazard * d.margin)),
    sd: ratioSd(d, d.chance),
  });
  const formulas = {
    schoenfeld: (d) => byEvents(Math.abs(Math.log(d.ratio / d.margin)), (1 + d.r) / Math.sqrt(d.r)),
    freedman: (d) => byEvents(Math.abs(1 - d.ratio), (1 + d.r * d.ratio) / Math.sqrt(d.r)),
    hsieh_freedman: (d) => byEvents(Math.abs(1 - d.ratio), ((1 + d.ratio) * (1 + d.r)) / (2 * Math.sqrt(d.r))),
    wald: (d) => {
      const sd = ratioSd(d, d.chance);
      return { unit: "patients", effect: Math.abs(Math.log(d.ratio / d.margin)), sdNull: sd, sd };
    },
    lachin_foulkes: (d) => twoVariances(d, pooled(d)),
    bernstein_lagakos: (d) => twoVariances(d, d.hazards[0]),
    lachin_foulkes_difference: (d) => {
      const sd = ([control, experimental], hazards) => {
        const parts = [[d.share * experimental, hazards[1]], [(1 - d.share) * control, hazards[0]]];
        if (parts.some(([events]) => !(events > 0))) return NaN;
        return Math.sqrt(parts.reduce((sum, [events, hazard]) => sum + (hazard * hazard) / events, 0));
      };
      const one = pooled(d);
      return {
        unit: "patients",
        effect: Math.abs(d.hazards[1] - d.hazards[0]),
        sdNull: sd(probability(d, one, one), [one, one]),
        sd: sd(d.chance, d.hazards),
      };
    },
    lakatos: (d) => {
      const effect = Math.abs(drift(d));
      return { unit: "patients", effect, sdNull: 1, sd: 1 };
    },
  };

  // Gauss–Legendre nodes and weights on [-1, 1].
  const gauss = (() => {
    const [number, nodes] = [40, []];
    for (let i = 1; i <= number; i += 1) {
      let [x, slope] = [Math.cos((Math.PI * (i - 0.25)) / (number + 0.5)), 0];
      for (let step = 0; step < 8; step += 1) {
        let [before, here] = [1, x];
        for (let k = 2; k <= number; k += 1) [before, here] = [here, ((2 * k - 1) * x * here - (k - 1) * before) / k];
        slope = (number * (x * here - before)) / (x * x - 1);
        x -= here / slope;
      }
      nodes.push([x, 2 / ((1 - x * x) * slope * slope)]);
    }
    return nodes;
  })();
  // Lakatos: expected log-rank score over the root of its expected variance, per patient.
  const entered = (entry, month) => {
    let [sum, all] = [0, 0];
    for (const [start, end, number] of entry) {
      all += number;
      sum += number * (end > start ? Math.min(Math.max((month - start) / (end - start), 0), 1) : month >= start ? 1 : 0);
    }
    return sum / all;
  };
  const drift = (d) => {
    const longest = Math.min(d.month, d.longest, ...d.hazards.map((hazard) => 80 / hazard));
    if (!(longest > 0)) return NaN;
    const breaks = new Set([0, longest]);
    for (const [start, end] of d.entry) {
      for (const edge of [d.month - start, d.month - end]) if (edge > 0 && edge <= longest) breaks.add(edge);
    }
    const edges = [...breaks].sort((a, b) => a - b);
    let [mean, variance, size] = [0, 0, 0];
    const add = (t, width) => {
      const there = entered(d.entry, d.month - t);
      const n0 = (1 - d.share) * Math.exp(-(d.hazards[0] + d.loss[0]) * t) * there;
      const n1 = d.share * Math.exp(-(d.hazards[1] + d.loss[1]) * t) * there;
      const together = n1 * d.margin + n0;
      const expected = together > 0 ? (n1 * d.margin) / together : 0;
      mean += width * ((1 - expected) * n1 * d.hazards[1] - expected * n0 * d.hazards[0]);
      variance += width * expected * (1 - expected) * (n1 * d.hazards[1] + n0 * d.hazards[0]);
      size += width * n1 * d.hazards[1];
    };
    for (let i = 1; i < edges.length; i += 1) {
      const parts = Math.trunc(((edges[i] - edges[i - 1]) * Math.max(...d.hazards)) / 2) + 1;
      const half = (edges[i] - edges[i - 1]) / parts / 2;
      for (let part = 0; part < parts; part += 1) {
        const middle = edges[i - 1] + (2 * part + 1) * half;
        for (const [x, weight] of gauss) add(middle + half * x, half * weight);
      }
    }
    if (!(variance > 0)) return NaN;
    return Math.abs(mean) <= 1e-13 * size ? 0 : -mean / Math.sqrt(variance);
  };

  // ── From the values of the sliders to numbers, NaN where there is none ────────────────────────────
  const designOf = (values, constants) => {
    const planned = Math.max(...constants.entry.map(([, end]) => end));
    const scale = planned > 0 ? values.accrual / planned : 0;
    // A pattern is stretched; of an accrual that was all at the opening an even one is made.
    const entry = planned > 0
      ? constants.entry.map(([start, end, number]) => [start * scale, end * scale, number])
      : [[0, values.accrual, 1]];
    const loss = [values.dropout, values.dropout_experimental ?? values.dropout];
    const d = {
      ratio: values.hazard_ratio, margin: constants.null_hazard_ratio, r: values.allocation,
      share: values.allocation / (1 + values.allocation),
      hazards: [values.control_hazard, values.control_hazard * values.hazard_ratio],
      loss, entry, month: values.accrual + values.followup, longest: constants.max_followup ?? Infinity,
    };
    d.chance = probability(d, ...d.hazards);
    d.overall = d.share * d.chance[1] + (1 - d.share) * d.chance[0];
    return d;
  };
  const roundUp = (value) => Math.ceil(value - Math.min(1e-6, 1e-9 * Math.max(1, Math.abs(value))));
  const recompute = (values, formula, constants) => {
    const d = designOf(values, constants);
    const control = values.patients * (1 - d.share) * d.chance[0];
    const experimental = values.patients * d.share * d.chance[1];
    const events = control + experimental;
    const found = { month: d.month, events, control, experimental };
    const z = -quantile(values.alpha / constants.sides);
    const se = Math.sqrt(1 / control + 1 / experimental);
    Object.assign(found, { lower: d.ratio * Math.exp(-z * se), upper: d.ratio * Math.exp(z * se) });
    const { unit, effect, sdNull, sd } = formulas[formula](d);
    const shift = Math.sqrt(unit === "events" ? events : values.patients) * effect;
    found.power = below((shift - z * sdNull) / sd);
    if (constants.far_tail && constants.sides === 2) found.power += below((-shift - z * sdNull) / sd);
    if (effect === 0) found.power = values.alpha; // no direction: power is the level
    const target = constants.target_power;
    const units = target > values.alpha ? (Math.max(z * sdNull + quantile(target) * sd, 0) / effect) ** 2 : NaN;
    const patients = unit === "patients" ? units : units / d.overall;
    return Object.assign(found, { patientsNeeded: roundUp(patients), eventsNeeded: roundUp(patients * d.overall) });
  };

  // ── Written as in the report: half away from zero, the value first read at 15 digits ──────────────
  const fixed = (value, decimals) => {
    const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
    const known = Math.max(Math.min(12, 14 - size), decimals);
    const shown = Math.round(Number(`${Math.abs(value).toFixed(known)}e${decimals}`)) / 10 ** decimals;
    return `${value < 0 && shown ? "−" : ""}${shown.toFixed(decimals)}`;
  };
  const share = (value) => {
    if (value === 0 || value === 1) return `${100 * value}%`;
    const text = fixed(100 * value, 1);
    return text === "0.0" ? "<0.1%" : text === "100.0" ? ">99.9%" : `${text}%`;
  };
  const short = (value) => String(Number(value.toPrecision(6)));
  const none = "–";
  const finite = (...values) => values.every((value) => Number.isFinite(value));
  // Words of the page, numbers in their places, and the decimal sign of its language.
  const { panels, words: sentences, decimal } = JSON.parse(document.querySelector("#slider-settings").textContent);
  const local = (text) => text.replace(/(\d)\.(\d)/g, `$1${decimal}$2`);
  const said = (key, ...values) => sentences[key].replace(/\{(\d)\}/g, (_, place) => values[place]);
  const writers = {
    power: ({ power }) => (finite(power) ? share(power) : none),
    events: (f) => `${fixed(f.events, 1)} (${fixed(f.experimental, 1)} + ${fixed(f.control, 1)})`,
    // With less than one event in an arm the limits of a normal distribution mean nothing.
    limits: ({ lower, upper, control, experimental }) =>
      finite(lower, upper) && Math.min(control, experimental) >= 1 ? said("limits", fixed(lower, 3), fixed(upper, 3)) : none,
    needed: (f) =>
      finite(f.eventsNeeded, f.patientsNeeded) ? said("needed", f.eventsNeeded, f.patientsNeeded) : none,
  };
  const readings = {
    "": () => "",
    median: (value) => said("median", fixed(Math.LN2 / value, 1)),
    "share a year": (value) => said("share a year", share(-Math.expm1(-12 * value))),
    ratio: (value) => `${short(value)} : 1`,
  };

  // ── The panel ─────────────────────────────────────────────────────────────────────────────────────
  for (const panel of document.querySelectorAll("section.sliders")) {
    const { sliders, formulas: words, constants } = panels[panel.dataset.key];
    const one = (selector) => panel.querySelector(selector);
    const [choice, status, trouble] = [one("select"), one("[role=status]"), one(".trouble")];
    const wrong = new Map();
    const values = {};
    let announcing = 0;
    const show = () => {
      one(".formula-words").textContent = words[choice.value];
      const found = recompute(values, choice.value, constants);
      const early = found.month <= 0 ? said("early") : "";
      trouble.textContent = [...wrong.values(), early].filter(Boolean).join(" ");
      for (const cell of panel.querySelectorAll("[data-result]")) {
        cell.textContent = trouble.textContent ? none : local(writers[cell.dataset.result](found));
      }
      panel.dataset.found = JSON.stringify(found);
      const level = 100 * (1 - (2 * values.alpha) / constants.sides);
      one("[data-label=limits]").textContent = said("limits of ratio", local(short(level)));
      // Said once the reader has stopped, and not at every step of a slider.
      clearTimeout(announcing);
      announcing = setTimeout(() => {
        const numbers = [...panel.querySelectorAll("[data-result]")].map(
          (cell) => `${cell.parentElement.cells[0].textContent}: ${cell.textContent}`,
        );
        status.textContent = trouble.textContent || numbers.join("; ");
      }, 600);
    };
    const parts = [...panel.querySelectorAll("[data-slider]")].map((group) => {
      const slider = sliders[group.dataset.slider];
      const [range, typed] = [group.querySelector("[type=range]"), group.querySelector("[type=number]")];
      const reading = group.querySelector(".reading");
      const [low, high] = [slider.values[0], slider.values.at(-1)];
      Object.assign(typed, { min: String(low), max: String(high) });
      const take = (value, from) => {
        values[slider.key] = value;
        wrong.delete(slider.key);
        typed.removeAttribute("aria-invalid");
        if (from !== typed) typed.value = short(value);
        if (from !== range) {
          const near = slider.values.reduce((best, other, i) => (
            Math.abs(other - value) < Math.abs(slider.values[best] - value) ? i : best), 0);
          range.value = String(near);
        }
        const read = local(readings[slider.reading](value));
        reading.textContent = read;
        range.setAttribute("aria-valuetext", [local(`${short(value)} ${slider.unit}`.trim()), read].filter(Boolean).join(", "));
      };
      range.addEventListener("input", () => {
        take(slider.values[Number(range.value)], range);
        show();
      });
      typed.addEventListener("input", () => {
        const value = typed.valueAsNumber;
        if (value >= low && value <= high) {
          take(value, typed);
        } else {
          wrong.set(slider.key, said("range", slider.label, local(short(low)), local(short(high))));
          typed.setAttribute("aria-invalid", "true");
          reading.textContent = "";
        }
        show();
      });
      return () => take(slider.start, null);
    });
    choice.addEventListener("change", show);
    const reset = () => {
      choice.selectedIndex = 0;
      for (const restart of parts) restart();
      show();
    };
    one(".back").addEventListener("click", reset);
    reset();
  }
})();
