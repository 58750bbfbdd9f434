"""What learning tells itself and other domains of."""

from uuid import UUID

from bunri.kit.events import Event


class ImportAsked(Event):
    """The file of the import ``import_id`` is there: its cards are to be taken over."""

    topic = "learning.import_asked"
    import_id: str


class DeckExportAsked(Event):
    """A deck is to be made into the file ``export_id``."""

    topic = "learning.export_asked"
    export_id: str


class AnswerGiven(Event):
    """An answer whose words alone do not say whether it is right: a language model is to be asked."""

    topic = "learning.answer_given"
    review_id: UUID
