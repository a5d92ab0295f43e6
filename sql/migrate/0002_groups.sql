-- Groups of the embedded directory: people, and groups within groups. Who is in a group that is in another
-- is in both.

CREATE TABLE directory_group (
	id BYTES NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,              -- as it was given, for people to read
	canonical TEXT NOT NULL UNIQUE,  -- lower case and NFC; model/name.h
	description TEXT NOT NULL,
	created INT8 NOT NULL
);

CREATE TABLE group_person (
	within BYTES NOT NULL REFERENCES directory_group (id) ON DELETE CASCADE,
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	PRIMARY KEY (within, account)
);
CREATE INDEX group_person_account ON group_person (account);

CREATE TABLE group_group (
	within BYTES NOT NULL REFERENCES directory_group (id) ON DELETE CASCADE,
	member BYTES NOT NULL REFERENCES directory_group (id) ON DELETE CASCADE,
	PRIMARY KEY (within, member)
);
CREATE INDEX group_group_member ON group_group (member);
