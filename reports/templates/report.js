"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const numbers = "[data-ard]";
  document.body.classList.add("ready");
  for (const element of all(".search, .theme, .actions, .filter, .hint, .script-only")) element.hidden = false;

  // ── The results table: columns; a repeated text stands once and is pointed to ─────────────────────
  const packed = JSON.parse(one("#results").textContent);
  const columns = Object.keys(packed).filter((name) => name !== "check" && name !== "second");
  const at = (name, place) => {
    const column = packed[name];
    return Array.isArray(column) ? column[place] : column.texts[column.places[place]];
  };
  const sources = JSON.parse(one("#sources").textContent);
  const placeOf = new Map(packed.analysis_id.map((id, place) => [id, place]));

  // ── Where a number comes from ─────────────────────────────────────────────────────────────────────
  const panel = one("#panel");
  let chosen = null;
  const joined = (...parts) => parts.filter((part) => part !== "" && part !== null).join(": ");
  const checked = (place) => {
    if (packed.check === undefined || at("check", place) === "") return "";
    const second = at("second", place);
    return joined(at("check", place), second === null ? "" : String(second === true ? at("stat", place) : second).replace("-", "−"));
  };
  // Calls of other programs and decisions of the plan stand once in the page; a row says which are its own.
  const kindOf = (place) => sources.kinds[sources.of[place]];
  const calls = (place, program) =>
    kindOf(place)[0].map((procedure) => sources.procedures[procedure][program]).filter(Boolean).join("; ");
  const decided = (place) => {
    const list = element("ul", "");
    for (const name of kindOf(place)[1]) {
      const [value, said, language] = sources.plan[name];
      const item = element("li", "");
      item.append(element("code", `${name} = ${value}`));
      if (said) item.append(" ", element("span", said, { lang: language }));
      list.append(item);
    }
    return list;
  };
  const facts = (place) => {
    const get = (name) => at(name, place);
    const behind = (name) => (packed[name] === undefined ? "" : get(name));
    return [
      ["Value", get("stat") === null ? "not estimable" : String(get("stat")).replace("-", "−")],
      ["Second engine", checked(place)],
      ["Unit", get("unit")],
      ["Statistic", joined(get("stat_label"), get("context"))],
      ["Variable", joined(get("variable"), get("variable_level"))],
      ["Population", get("population")],
      ["Group", joined(get("group1"), get("group1_level"))],
      ["Second group", joined(get("group2"), get("group2_level"))],
      ["n", get("n") === null ? "" : String(get("n"))],
      ["Method", get("method")],
      ["Call in R", calls(place, 0)],
      ["Call in SPSS", calls(place, 1)],
      ["Note", get("note")],
      ["Dataset", behind("dataset")],
      ["Filter", behind("filter")],
      ["Its records", behind("dataset") && `duonen records REPORT ${get("analysis_id")}`],
      ["Analysis", get("analysis_id")],
    ].filter(([, value]) => value !== "");
  };
  const element = (tag, text, properties = {}) =>
    Object.assign(document.createElement(tag), { textContent: text }, properties);

  const sameElsewhere = (id, here) => {
    const home = here.closest(".display, .chapter");
    const homes = new Set();
    for (const other of all(numbers)) {
      const place = other.dataset.ard === id ? other.closest(".display, .chapter") : null;
      if (place && place !== home) homes.add(place);
    }
    return [...homes];
  };
  const titleOf = (place) => place.dataset.label || one("h2, h3", place).textContent.trim();

  const choose = (number) => {
    if (chosen) chosen.classList.remove("chosen");
    chosen = number;
    chosen.classList.add("chosen");
    const id = number.dataset.ard;
    const place = placeOf.get(id);
    one(".shown-as", panel).textContent = number.textContent.trim();
    const list = one("dl", panel);
    list.replaceChildren();
    for (const [name, value] of facts(place)) {
      const said = element("dd", value);
      if (name === "Analysis") {
        said.className = "id";
        // A long id goes on in the next line after a point of it.
        said.replaceChildren(...value.match(/[^.]*\.|[^.]+/g).flatMap((part) => [part, element("wbr", "")]));
      }
      list.append(element("dt", name), said);
    }
    if (kindOf(place)[1].length) {
      const last = all("dt", list).at(-1);
      const decisions = element("dd", "");
      decisions.append(decided(place));
      last.before(element("dt", "Decisions of the plan"), decisions);
    }
    if (number.dataset.before !== undefined) {
      list.prepend(element("dt", "Earlier report"), element("dd", number.dataset.before || "not in it"));
    }
    const places = one(".places", panel);
    places.replaceChildren();
    for (const other of sameElsewhere(id, number)) {
      places.append(places.childNodes.length ? ", " : "Also shown in ");
      places.append(element("a", titleOf(other), { href: `#${other.id}` }));
    }
    panel.hidden = false;
    panel.scrollTop = 0;
  };
  const dismiss = (returning) => {
    if (panel.hidden) return;
    panel.hidden = true;
    chosen.classList.remove("chosen");
    if (returning && chosen.tabIndex >= 0) chosen.focus();
  };
  one(".close", panel).addEventListener("click", () => dismiss(true));

  // ── One tab stop for each text, table or list; arrow keys go on from there ───────────────────────
  const blockOf = (number) => number.closest("table, p, ul, dl");
  const takeStop = (number) => {
    const block = blockOf(number);
    for (const other of all(".num[tabindex]", block)) {
      other.removeAttribute("tabindex");
      other.removeAttribute("role");
      other.removeAttribute("aria-haspopup");
    }
    number.tabIndex = 0;
    number.setAttribute("role", "button");
    number.setAttribute("aria-haspopup", "dialog");
  };
  for (const block of all("main table, main p, main ul, main dl")) {
    const first = one(".num", block);
    if (first && blockOf(first) === block) takeStop(first);
  }
  const inColumn = (number, step) => {
    const cell = number.closest("td, th");
    if (!cell) return null;
    const inCell = all(".num", cell).indexOf(number);
    const rows = all("tr", cell.closest("table"));
    for (let i = rows.indexOf(cell.parentElement) + step; rows[i]; i += step) {
      const there = rows[i].cells[cell.cellIndex];
      const found = there ? all(".num", there) : [];
      if (found.length) return found[Math.min(inCell, found.length - 1)];
    }
    return null;
  };
  const inLine = (number, step) => {
    const found = all(".num", blockOf(number));
    return found[found.indexOf(number) + step] ?? null;
  };
  const moves = {
    ArrowRight: (n) => inLine(n, 1),
    ArrowLeft: (n) => inLine(n, -1),
    ArrowDown: (n) => inColumn(n, 1) ?? (n.closest("td, th") ? null : inLine(n, 1)),
    ArrowUp: (n) => inColumn(n, -1) ?? (n.closest("td, th") ? null : inLine(n, -1)),
  };

  document.addEventListener("click", (event) => {
    const number = event.target.closest(`main ${numbers}`);
    if (!number) return;
    if (number.classList.contains("num")) {
      takeStop(number);
      number.focus({ preventScroll: true });
    }
    choose(number);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      unpoint();
      dismiss(true);
      closeMenu(true);
      return;
    }
    if (event.altKey && (event.key === "PageDown" || event.key === "PageUp")) {
      event.preventDefault();
      goTo(event.key === "PageDown" ? 1 : -1);
      return;
    }
    const number = event.target.closest?.("main .num");
    if (!number || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(number);
      panel.focus();
    } else if (moves[event.key]) {
      event.preventDefault();
      const next = moves[event.key](number);
      if (!next) return;
      takeStop(next);
      next.focus();
      if (!panel.hidden) choose(next);
    }
  });

  // ── Points of figures: patient and values, by mouse, by keyboard, by a tap ─────────────────────────
  const tip = element("p", "", { className: "tip", hidden: true });
  tip.setAttribute("role", "status");
  document.body.append(tip);
  let pointed = null;
  const unpoint = () => {
    if (pointed) pointed.drawn.classList.remove("pointed");
    pointed = null;
    tip.hidden = true;
  };
  const point = (found) => {
    if (pointed === found) return;
    unpoint();
    pointed = found;
    found.drawn.classList.add("pointed");
    tip.replaceChildren(element("strong", found.patient));
    found.measures.forEach((measure, i) => tip.append(element("span", `${measure}: ${found.values[i]}`)));
    tip.hidden = false;
    const box = found.drawn.getBoundingClientRect();
    const [right, below] = [box.right + 8 + tip.offsetWidth < innerWidth, box.top - 8 - tip.offsetHeight < 0];
    tip.style.left = `${Math.max(4, right ? box.right + 8 : box.left - 8 - tip.offsetWidth)}px`;
    tip.style.top = `${below ? box.bottom + 8 : box.top - 8 - tip.offsetHeight}px`;
  };
  const pointsOf = (display, { every, groups }) => {
    const found = [];
    for (const [mark, measures, patients] of groups) {
      const drawn = all("[data-points]", display).filter((group) => group.dataset.points === mark)[0];
      if (!drawn) continue;
      // Of a short outline matplotlib draws each point, of a longer one it places copies.
      const marks = all("use, path", drawn).filter((shape) => !shape.closest("defs"));
      marks.forEach((shape, i) => {
        if (i % every) return;
        const [patient, ...values] = patients[i / every];
        const { x, y, width, height } = shape.getBBox();
        found.push({ drawn: shape, x: x + width / 2, y: y + height / 2, patient, measures, values });
      });
    }
    return found.sort((a, b) => a.x - b.x || a.y - b.y);
  };
  for (const [key, held] of Object.entries(sources.points)) {
    const display = all(".drawing").find((drawing) => drawing.dataset.key === key);
    const paper = one(".paper", display);
    const svg = one("svg", paper);
    const points = pointsOf(display, held);
    if (!points.length) continue;
    paper.tabIndex = 0;
    paper.setAttribute("role", "group");
    paper.setAttribute("aria-label", `${display.dataset.label}: arrow keys go from point to point, each a patient`);
    const nearest = (event, reach) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      const distance = (one) => Math.hypot(one.x - at.x, one.y - at.y);
      const found = points.reduce((best, one) => (distance(one) < distance(best) ? one : best));
      return distance(found) * svg.getScreenCTM().a <= reach ? found : null;
    };
    paper.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "mouse") return;
      const found = nearest(event, 8);
      if (found) point(found);
      else unpoint();
    });
    paper.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") unpoint();
    });
    paper.addEventListener("click", (event) => {
      const found = nearest(event, 16);
      if (found) point(found);
      else unpoint();
    });
    paper.addEventListener("focus", () => {
      if (paper.matches(":focus-visible")) point(points[0]);
    });
    paper.addEventListener("blur", unpoint);
    paper.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const place = points.indexOf(pointed) + step;
      const next = points[Math.min(Math.max(place, 0), points.length - 1)];
      next.drawn.scrollIntoView({ block: "nearest", inline: "nearest" });
      point(next);
    });
  }

  // ── Where the reader is ───────────────────────────────────────────────────────────────────────────
  const links = all("nav a");
  const targets = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const displays = all(".table, .drawing");
  const line = () => one(".top").getBoundingClientRect().bottom + 48;
  const markPlace = () => {
    let here = -1;
    targets.forEach((target, i) => {
      if (target.getBoundingClientRect().top <= line()) here = i;
    });
    if (window.innerHeight + window.scrollY >= document.body.scrollHeight - 2) here = Math.max(here, lastSeen());
    links.forEach((link, i) => {
      if (i === here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    const nav = one("nav");
    if (nav.matches(":hover, :focus-within")) return;
    if (here < 0) {
      nav.scrollTop = 0;
    } else {
      const [box, frame] = [links[here].getBoundingClientRect(), nav.getBoundingClientRect()];
      if (box.top < frame.top || box.bottom > frame.bottom) nav.scrollTop += box.top - frame.top - frame.height / 3;
    }
  };
  const lastSeen = () => targets.findLastIndex((target) => target.getBoundingClientRect().top < window.innerHeight);
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      markPlace();
    });
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("scroll", () => {
    if (pointed && !pointed.drawn.closest(".paper").matches(":focus-visible")) unpoint();
  }, { passive: true });

  const goTo = (step) => {
    const tops = displays.map((display) => display.getBoundingClientRect().top - line());
    const next = step > 0 ? tops.findIndex((top) => top > 1) : tops.findLastIndex((top) => top < -90);
    if (next < 0) return;
    displays[next].scrollIntoView();
    const heading = one("h3, h4", displays[next]);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };

  // ── Finding ───────────────────────────────────────────────────────────────────────────────────────
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ł", "l");
  const ownText = (target) => {
    if (target.matches(".display")) return target.textContent;
    return [...target.children].filter((child) => !child.matches(".display")).map((child) => child.textContent).join(" ");
  };
  const search = one("#search");
  let texts = null;
  search.addEventListener("input", () => {
    texts ??= targets.map((target, i) => folded(`${links[i].textContent} ${ownText(target)}`));
    const words = folded(search.value).split(/\s+/).filter(Boolean);
    let found = 0;
    links.forEach((link, i) => {
      const match = words.every((word) => texts[i].includes(word));
      link.parentElement.hidden = !match;
      found += match;
    });
    one(".found").textContent = words.length ? `${found} of ${links.length} places` : "";
  });

  // ── Contents on a narrow window; light and dark ──────────────────────────────────────────────────
  const [menu, nav] = [one(".menu"), one("nav")];
  const closeMenu = (returning) => {
    if (!nav.classList.contains("open")) return;
    nav.classList.remove("open");
    menu.setAttribute("aria-expanded", "false");
    if (returning) menu.focus();
  };
  menu.addEventListener("click", () => {
    const open = nav.classList.toggle("open");
    menu.setAttribute("aria-expanded", String(open));
    if (open) search.focus();
  });
  nav.addEventListener("click", (event) => {
    if (event.target.closest("a")) closeMenu(false);
  });
  const theme = one(".theme");
  const isDark = () =>
    (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "")) === "dark";
  const tellTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    tellTheme();
  });
  tellTheme();

  // ── Listings: sorted and filtered ────────────────────────────────────────────────────────────────
  const order = new Intl.Collator("en", { numeric: true }).compare;
  for (const listing of all(".listing")) {
    const body = one("tbody", listing);
    if (!body) continue;
    const heads = all("thead th", listing);
    const said = one("[role=status]", listing);
    heads.forEach((head, column) => {
      const button = element("button", head.textContent, { type: "button" });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", direction);
        const sign = direction === "ascending" ? 1 : -1;
        const text = (row) => row.cells[column].textContent;
        body.append(...[...body.rows].sort((a, b) => sign * order(text(a), text(b))));
      });
    });
    one(".filter input", listing).addEventListener("input", (event) => {
      const words = folded(event.target.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of body.rows) {
        const match = words.every((word) => folded(row.textContent).includes(word));
        row.hidden = !match;
        shown += match;
      }
      said.textContent = `${shown} of ${body.rows.length} rows`;
    });
  }

  // ── Files to take away ───────────────────────────────────────────────────────────────────────────
  // A spreadsheet takes a text that begins with one of these for a formula; numbers are let through.
  const guarded = (text) => (/^[=+\-@\t\r＝＋－＠]/.test(text) && !/^[+-]?\d[\d.,]*%?$/.test(text) ? `'${text}` : text);
  const field = (value) => {
    const text = value === null ? "" : typeof value === "number" ? String(value) : guarded(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const csv = (rows) => rows.map((row) => `${row.map(field).join(",")}\n`).join("");
  const words = (cell) => cell.innerText.replace(/\s+/g, " ").trim();
  const tableRows = (table) => {
    const rows = [];
    const pending = [];
    for (const row of all("tr", table)) {
      const out = [];
      const take = () => {
        while (pending[out.length]?.left > 0) {
          pending[out.length].left -= 1;
          out.push("");
        }
      };
      for (const cell of row.cells) {
        take();
        for (let i = 0; i < cell.colSpan; i += 1) {
          pending[out.length] = { left: cell.rowSpan - 1 };
          out.push(i && cell.scope !== "colgroup" ? "" : words(cell));
        }
      }
      take();
      rows.push(out);
    }
    return rows;
  };
  // What a table says about itself goes with it, each a row of one cell below its rows.
  const about = (display) => {
    const population = one(".population", display) ?? (display.matches(".table") ? one("caption", display) : null);
    const notes = all("footer p:not(.origin), footer .origin span:not(.ich)", display);
    const hidden = population ? one(".unseen", population)?.textContent ?? "" : "";
    const texts = [population?.textContent.slice(hidden.length) ?? "", ...notes.map((note) => note.textContent)];
    if (display.matches(".listing")) texts.push(one(".bar .cut").textContent);
    return [display.dataset.title, ...texts].map((text) => text.trim()).filter(Boolean).map((text) => [text]);
  };
  const resultRows = (display) => {
    const ids = new Set(all(numbers, display).map((number) => number.dataset.ard));
    const places = [...packed.analysis_id.keys()].filter(
      (place) => ids.has(packed.analysis_id[place]) || at("display", place) === display.dataset.key,
    );
    return [columns, ...places.map((place) => columns.map((name) => at(name, place)))];
  };
  const save = (name, type, text) => {
    const link = element("a", "", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const makers = {
    table: (display) => ["csv", "text/csv", csv([...tableRows(one("table", display)), ...about(display)])],
    results: (display) => ["results.csv", "text/csv", csv(resultRows(display))],
    svg: (display) => ["svg", "image/svg+xml", new XMLSerializer().serializeToString(one(".paper svg", display))],
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-csv]");
    if (!button) return;
    const display = button.closest(".display");
    const [ending, type, text] = makers[button.dataset.csv](display);
    save(`${display.id}.${ending}`, type, text);
  });

  // ── Tables wider than the window scroll, and can then be reached by keyboard ─────────────────────
  const measure = () => {
    for (const frame of all(".scroll")) {
      frame.classList.remove("overflowing", "tight");
      const tooWide = () => frame.scrollWidth > frame.clientWidth + 1;
      frame.classList.toggle("tight", tooWide());
      const wide = tooWide();
      frame.classList.toggle("overflowing", wide);
      if (wide) {
        frame.tabIndex = 0;
        frame.setAttribute("role", "region");
        frame.setAttribute("aria-label", `${frame.closest(".display").dataset.label}, scrolls sideways`);
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
      }
    }
  };
  addEventListener("resize", measure);
  for (const part of all("details")) part.addEventListener("toggle", measure);
  measure();
  markPlace();
})();
