"""How backing up and restoring can fail. Each has an exit status of its own, which stays: scripts rely on it."""

from typing import ClassVar

from bunri.kit.errors import BunriError, Conflict, Full, Invalid, Missing, Unavailable


class BackupFailed(BunriError):
    """The base of all of them."""

    exit_status: ClassVar[int] = 1


class BackupKeyWrong(BackupFailed, Invalid):
    """None of the private keys that were given opens the archive. Data: ``name``."""

    code = "backup_key_wrong"
    exit_status = 10


class BackupDamaged(BackupFailed, Invalid):
    """The archive is not what was written. Data: ``name`` and ``part``, what of it."""

    code = "backup_damaged"
    exit_status = 11


class BackupTooNew(BackupFailed, Invalid):
    """A newer version made it. Data: ``name``, ``made_by`` and ``version``, ours."""

    code = "backup_too_new"
    exit_status = 12


class BackupWouldReplace(BackupFailed, Conflict):
    """There is data where it would go. Data: ``rows``."""

    code = "backup_would_replace"
    exit_status = 13


class BackupWhileRunning(BackupFailed, Conflict):
    """bunri is running. Data: ``what`` runs, in words."""

    code = "backup_while_running"
    exit_status = 14


class BackupNoRoom(BackupFailed, Full):
    """A disk is full, or would be. Data: ``folder``."""

    code = "backup_no_room"
    exit_status = 15


class BackupNotEncrypted(BackupFailed, Invalid):
    """Nobody is named who could read it, and nobody said that everybody may."""

    code = "backup_not_encrypted"
    exit_status = 16


class BackupMissing(BackupFailed, Missing):
    """There is no such archive. Data: ``name`` and ``target``."""

    code = "backup_missing"
    exit_status = 17


class BackupOfAnotherSecret(BackupFailed, Conflict):
    """Made with another BUNRI_SECRET: what is encrypted in the database could not be read. Data: ``name``."""

    code = "backup_of_another_secret"
    exit_status = 18


class BackupRowsDiffer(BackupFailed, Conflict):
    """What came back is not what was written. Data: ``table``, ``expected`` and ``found``."""

    code = "backup_rows_differ"
    exit_status = 19


class BackupTargetUnusable(BackupFailed, Unavailable):
    """The place for archives cannot be used. Data: ``target`` (without secrets) and ``reason``."""

    code = "backup_target_unusable"
    exit_status = 20


class BackupMomentOutOfReach(BackupFailed, Missing):
    """No base and log reach that moment. Data: ``until``, ``first`` and ``last``, which can be had."""

    code = "backup_moment_out_of_reach"
    exit_status = 21


class BackupUnderWay(BackupFailed, Conflict):
    """Another backup of this database is under way."""

    code = "backup_under_way"
    exit_status = 22


class BackupProgramFailed(BackupFailed, Unavailable):
    """A program of PostgreSQL failed. Data: ``program`` and ``reason``, its last words."""

    code = "backup_program_failed"
    exit_status = 23


class BackupIdentityMissing(BackupFailed, Invalid):
    """An encrypted archive, and no private key. Data: ``name``."""

    code = "backup_identity_missing"
    exit_status = 24


class BackupIdentityUnreadable(BackupFailed, Invalid):
    """The file has no private key of age. Data: ``file`` and ``reason``."""

    code = "backup_identity_unreadable"
    exit_status = 25


class BackupTargetMissing(BackupFailed, Invalid):
    """Nobody said where archives are."""

    code = "backup_target_missing"
    exit_status = 26


class BackupPictureBroken(BackupFailed, Conflict):
    """A picture of the archive cannot be opened. Data: ``name`` and ``key``."""

    code = "backup_picture_broken"
    exit_status = 27


class BackupOnlyEmbedded(BackupFailed, Invalid):
    """Moments can be restored where bunri runs PostgreSQL itself."""

    code = "backup_only_embedded"
    exit_status = 28


class BackupNothingThere(BackupFailed, Missing):
    """There is nothing to back up. Data: ``directory``."""

    code = "backup_nothing_there"
    exit_status = 29


class BackupWouldReplaceCluster(BackupFailed, Conflict):
    """There is a database where an earlier moment of one would go. Data: ``directory``."""

    code = "backup_would_replace_cluster"
    exit_status = 13
