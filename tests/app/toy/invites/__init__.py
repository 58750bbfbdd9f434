"""People invite friends by mail: a domain that sends mails."""
