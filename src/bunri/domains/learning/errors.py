"""Expected failures of learning."""

from bunri.kit.errors import Conflict, Forbidden, Invalid, Missing, TooLarge, Unavailable


class DeckMissing(Missing):
    """No such deck, or none that the caller learns."""

    code = "deck_missing"


class CardMissing(Missing):
    """No such card, or none that the caller learns."""

    code = "card_missing"


class ReviewMissing(Missing):
    """No such review of the caller's."""

    code = "review_missing"


class NotTheNewest(Conflict):
    """Only the review that came last can be taken back."""

    code = "not_the_newest_review"


class ReviewIdTaken(Conflict):
    """The id belongs to another review. Data: ``id``."""

    code = "review_id_taken"


class MayNotEdit(Forbidden):
    """Only who made a deck, or may write into it, changes its cards."""

    code = "deck_not_yours"


class TooManyDecks(Conflict):
    """Data: ``most``."""

    code = "too_many_decks"


class TooManyCards(Conflict):
    """Data: ``most``."""

    code = "too_many_cards"


class ShareInvalid(Invalid):
    """No link to a deck that is still good."""

    code = "share_invalid"


class PictureMissing(Invalid):
    """A card shows a picture that its deck does not have. Data: ``id``."""

    code = "card_picture_missing"


# ── pictures of cards ─────────────────────────────────────────────────────────────────────────────────────────────────


class DeckMediaFull(Conflict):
    """Data: ``limit_mb``."""

    code = "deck_media_full"


class PersonMediaFull(Conflict):
    """Data: ``limit_mb``."""

    code = "person_media_full"


class PictureBusy(Unavailable):
    """It took too long to look at it. Data: ``retry_after`` in seconds."""

    code = "card_picture_busy"


# ── cards brought along and taken away ────────────────────────────────────────────────────────────────────────────────


class ImportMissing(Missing):
    """No such import of the caller's."""

    code = "import_missing"


class ImportTooLarge(TooLarge):
    """Data: ``limit_mb``."""

    code = "import_too_large"


class TooManyImports(Conflict):
    """Data: ``most``."""

    code = "too_many_imports"


class ImportNotUploaded(Invalid):
    code = "import_not_uploaded"


class ImportMismatch(Invalid):
    """What was sent is not as large as was announced."""

    code = "import_mismatch"


class DeckExportMissing(Missing):
    """No such file of the caller's, or its time is over."""

    code = "deck_export_missing"


class TooManyDeckExports(Conflict):
    """Data: ``most``."""

    code = "too_many_deck_exports"


class NotAPackage(Invalid):
    """The file is no deck of Anki: another type, empty, or cut off."""

    code = "import_not_a_package"


class UnsafePackage(Invalid):
    """It has what no program for cards writes: paths, doubled names, encrypted parts, views in its tables."""

    code = "import_unsafe"


class PackageTooLarge(TooLarge):
    """Unpacked it is larger than may be read, or has too many parts."""

    code = "import_too_much_inside"


class PackageTooNew(Invalid):
    """Written by a version of Anki that we do not know."""

    code = "import_too_new"


class CollectionBroken(Invalid):
    """The tables inside it cannot be read."""

    code = "import_broken"


class NotATable(Invalid):
    """The file is no text with columns, or in no encoding that we know."""

    code = "import_not_a_table"


class NotADeckFile(Invalid):
    """The file is no JSON of a deck as we write it."""

    code = "import_not_a_deck_file"


class ReadingTooCostly(Invalid):
    """Reading it took more time or memory than a file may take."""

    code = "import_too_costly"


class ImportGivenUp(Unavailable):
    """It was begun again and again, and never came to its end."""

    code = "import_failed"


class ScanUnanswered(Missing):
    """No such item of an answered scan of the caller's."""

    code = "scan_unanswered"


class OptimizerMissing(Unavailable):
    """PyTorch, which the optimiser of the schedule needs, is not installed."""

    code = "optimizer_missing"


class WeeklyTestMissing(Missing):
    """No such test of the caller's, or no such question in it."""

    code = "weekly_test_missing"


class WeeklyTestCompleted(Conflict):
    """What was not answered before a test was completed stays unanswered."""

    code = "weekly_test_completed"


class TooFewCardsForTest(Conflict):
    """A test is made from cards that were reviewed in the last weeks. Data: ``least``."""

    code = "weekly_test_too_few_cards"


class ClassMissing(Missing):
    """No such class, or none that the caller is in."""

    code = "class_missing"


class CodeInvalid(Invalid):
    """No class that is still open has this code."""

    code = "class_code_invalid"


class NicknameTaken(Conflict):
    """Somebody in the class is called so already."""

    code = "nickname_taken"


class ClassFull(Conflict):
    """Data: ``most``."""

    code = "class_full"


class EnteredByCode(Conflict):
    """A class has no link of its deck: its pupils are known by nicknames."""

    code = "class_entered_by_code"


class TooManySuggestions(Conflict):
    """Data: ``most``."""

    code = "too_many_suggestions"


class HandoverInvalid(Invalid):
    """No link by which a class is handed over that is still good, or somebody else accepted it."""

    code = "class_handover_invalid"


class HandoverNeedsAccount(Forbidden):
    """A guest who loses their device could look after the class no more."""

    code = "class_handover_needs_account"


class HandoverToOneself(Conflict):
    """Who teaches a class cannot take it over."""

    code = "class_handover_to_oneself"


class HandoverUnaccepted(Conflict):
    """Nobody has accepted the link, it is over, or it was accepted by somebody else than the teacher was shown."""

    code = "class_handover_unaccepted"


class TermInvalid(Invalid):
    """A class ends today at the earliest, and within ``days``."""

    code = "class_term_invalid"
