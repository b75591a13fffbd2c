"""The last part of a document: where its act stands in the log, or that the log has not answered yet."""

from tarazy.edge.documents.model import Block, FactRows, Heading, Paragraph, ReceiptCode
from tarazy.edge.documents.receipt_qr import ReceiptLine
from tarazy.edge.documents.words import Words
from tarazy.texts.links import links_in


def receipt_blocks(
    receipt: ReceiptLine | None, words: Words, *, without: str = "receipt.none", title: str = "receipt.title"
) -> tuple[Block, ...]:
    """Return the picture and the same in words; without a receipt, the text ``without`` that says so and no picture."""
    heading = Heading(words.t(title))
    if receipt is None:
        return (heading, Paragraph(words.t(without)))
    rows = FactRows(words.row_head(), receipt_rows(receipt, words))
    return (heading, ReceiptCode(receipt, words.t("receipt.text"), words.t("receipt.picture"), rows))


def receipt_rows(receipt: ReceiptLine, words: Words) -> tuple[tuple[str, str], ...]:
    """Return a receipt in words. A log whose name a telephone would take for an address stands in the picture alone."""
    rows = (
        (words.t("receipt.event"), receipt.event_id),
        (words.t("receipt.index"), str(receipt.index)),
        (words.t("receipt.size"), str(receipt.tree_size)),
        (words.t("receipt.leaf"), receipt.leaf_hash),
    )
    return rows if links_in(receipt.origin) else ((words.t("receipt.log"), receipt.origin), *rows)
