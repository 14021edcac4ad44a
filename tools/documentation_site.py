"""What the documentation site needs beyond ``docs/``: pages of the repository, and one page per public subpackage.

MkDocs calls the functions named ``on_…``. Links are written so that they lead somewhere in the repository; here each is
turned into a link of the site. A link to a file that has no page becomes plain text, and one to a file that does not
exist is a warning, at which a strict build stops.
"""

import importlib
import inspect
import logging
import os
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
LOG = logging.getLogger("mkdocs.plugins.documentation_site")

REPOSITORY_PAGES = {
    "README.md": "readme.md",
    "GLOSSARY.md": "glossary.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks.md",
}
for card in ROOT.glob("duonen_stats/**/cohort/README.md"):
    REPOSITORY_PAGES[card.relative_to(ROOT).as_posix()] = "simulated_cohort.md"

REFERENCE = {
    "duonen_stats": "The names of `duonen_stats`",
    "duonen_stats.methods": "Statistical methods",
    "duonen_stats.design": "Planning and re-estimation",
    "duonen_stats.plan": "The analysis plan in Python",
}
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINKED_WORDS = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])+)\]\(§none\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the repository and those of the public names."""
    for source, page in REPOSITORY_PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    for image in (ROOT / "docs" / "images").glob("*.png"):
        if files.get_file_from_path(f"images/{image.name}") is None:
            files.append(File.generated(config, f"images/{image.name}", abs_src_path=str(image)))
    contents = "# Python functions\n\nEach function has an example, which the tests run.\n\n"
    for module, title in REFERENCE.items():
        name = module.rpartition(".")[2]
        contents += f"* [{title}]({name}.md)\n"
        files.append(File.generated(config, f"reference/{name}.md", content=reference_page(module, title)))
    files.append(File.generated(config, "reference/index.md", content=contents))
    return files


def public_names(module: str) -> set[str]:
    """Names a package offers."""
    return set(importlib.import_module(module).__all__)


def reference_page(module: str, title: str) -> str:
    """Write the page of a subpackage: its functions, then its classes, each by the alphabet."""
    package = importlib.import_module(module)
    below = {name for other in REFERENCE if other.startswith(f"{module}.") for name in public_names(other)}
    members = [(name, getattr(package, name)) for name in package.__all__ if name not in below]
    functions = [(name, item) for name, item in members if callable(item) and not inspect.isclass(item)]
    classes = [(name, item) for name, item in members if inspect.isclass(item)]
    blocks = [f"::: {item.__module__}.{name}" for name, item in functions + classes]
    return f"# {title}\n\n{inspect.getdoc(package)}\n\n" + "\n\n".join(blocks) + "\n"


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn links into the repository into links of the site."""
    pages = {page: source for source, page in REPOSITORY_PAGES.items()}
    source = pages.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def site_link(found: re.Match[str]) -> str:
        target = os.path.normpath(Path(source).parent / found[1])
        inside = REPOSITORY_PAGES.get(target) or target.removeprefix("docs/")
        made = inside.startswith("reference/")  # these pages are made here, so they are in no folder
        if not made and not (ROOT / target).exists():
            LOG.warning("%s links to %s, which does not exist", source, found[1])
        if files.get_file_from_path(inside) is None:
            return found[0] if made else "§none"
        return os.path.relpath(inside, Path(page.file.src_uri).parent) + (found[2] or "")

    parts, at = [], 0
    for fence in [*FENCE.finditer(markdown), None]:
        text = markdown[at : fence.start() if fence else None]
        parts.append(LINKED_WORDS.sub(r"\1", LINK.sub(site_link, text)))
        if fence:
            parts.append(fence[0])
            at = fence.end()
    return "".join(parts)
