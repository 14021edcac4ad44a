"""The texts of a document that a reader sees, and a document without the figures that are long to draw."""

from dataclasses import replace

from duonen_stats.displays.model.content import TableContent, plain
from duonen_stats.document.content_model import Bullets, DisplayBlock, KeyFigures, Listing, Paragraph


def with_figures(document, keys):
    """Return a document without the figures that are not asked for: drawing is what takes long."""
    sections = tuple(
        replace(
            section,
            blocks=tuple(
                block
                for block in section.blocks
                if not isinstance(block, DisplayBlock)
                or isinstance(block.produced.content, TableContent)
                or block.produced.key in keys
            ),
        )
        for section in document.sections
    )
    return replace(document, sections=sections)


def texts(document):
    """Every text that a reader sees, with where it is; looked-up numbers among them."""
    for text in (
        document.title,
        document.subtitle,
        document.banner,
        document.cut_line,
        document.running_title,
    ):
        yield "page", text
    for label, value in document.meta:
        yield "meta", label
        yield "meta", value
    for section in document.sections:
        yield section.key, section.title
        for block in section.blocks:
            yield from ((section.key if place == "" else place, text) for place, text in block_texts(block))


def block_texts(block):
    match block:
        case Paragraph(line):
            yield "", plain(line)
        case Bullets(items):
            yield from (("", plain(item)) for item in items)
        case KeyFigures(items):
            yield from (("", f"{label} {plain(line)}") for label, line in items)
        case Listing(key=key):
            yield from ((key, text) for text in (block.title, block.note, *block.columns))
            yield from ((key, text) for row in block.rows for text in row)
        case DisplayBlock(shown):
            lines = [shown.population, shown.sentence, *shown.footnotes]
            if isinstance(shown.content, TableContent):
                yield from ((shown.key, f"{one.header} {plain(one.below)}") for one in shown.content.columns)
                lines += [cell for row in shown.content.rows for cell in row.cells]
            else:
                yield shown.key, shown.content.alt
            yield from ((shown.key, text) for text in (shown.label, shown.title, shown.source, shown.cut))
            yield from ((shown.key, plain(line)) for line in lines)
