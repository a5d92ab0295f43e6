-- Ways that were lost, and what takes their place.

-- proved_by: what the session was opened with ("password+totp"), or what was last proved in it ("recovery_code").
-- Nothing of it is known of sessions from before: they prove it again before they replace anything.
ALTER TABLE session ADD COLUMN proved_by TEXT NOT NULL DEFAULT '';
-- replaces: the way of the same account and kind that goes when this pending one counts.
ALTER TABLE method ADD COLUMN replaces BYTES;
-- lost: ways that the person said not to have any more, "mail+totp"; it changes what is asked for next, and nothing else.
ALTER TABLE flow ADD COLUMN lost TEXT NOT NULL DEFAULT '';
