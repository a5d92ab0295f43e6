-- Applications behind a proxy that asks rekey who comes: where they are, and who has entered them.

CREATE TABLE application_site (
	application BYTES NOT NULL PRIMARY KEY REFERENCES application (id) ON DELETE CASCADE,
	host TEXT NOT NULL UNIQUE,       -- lower case; with its port, unless that is 443
	headers TEXT NOT NULL            -- what it is told: user,name,email,groups
);

-- Good once, for a minute: carries a person from rekey to the application's own host. What was used
-- stays until it is over, so that who comes back in circles is noticed.
CREATE TABLE site_ticket (
	id BYTES NOT NULL PRIMARY KEY,   -- MAC of what the form carries
	application BYTES NOT NULL REFERENCES application (id) ON DELETE CASCADE,
	session BYTES NOT NULL REFERENCES session (id) ON DELETE CASCADE ON UPDATE CASCADE,
	page TEXT NOT NULL,              -- path and query first asked for
	made INT8 NOT NULL,
	expires INT8 NOT NULL,
	used INT8 NOT NULL
);
CREATE INDEX site_ticket_session ON site_ticket (session);
CREATE INDEX site_ticket_application ON site_ticket (application);
CREATE INDEX site_ticket_expires ON site_ticket (expires);

-- What the browser holds for that host. It ends with the person's session.
CREATE TABLE site_session (
	id BYTES NOT NULL PRIMARY KEY,   -- MAC of the cookie
	application BYTES NOT NULL REFERENCES application (id) ON DELETE CASCADE,
	session BYTES NOT NULL REFERENCES session (id) ON DELETE CASCADE ON UPDATE CASCADE,
	made INT8 NOT NULL,
	turn INT8 NOT NULL,              -- of group_turn, when the next two were read
	allowed INT8 NOT NULL,           -- 1: in a group that may
	member_of TEXT NOT NULL,         -- names of groups, with commas between
	UNIQUE (session, application)
);
CREATE INDEX site_session_application ON site_session (application);

-- Goes on with each change of who is in which group, or which groups may enter: what was read before
-- is read anew.
CREATE TABLE group_turn (
	id INT8 NOT NULL PRIMARY KEY,    -- 1
	turn INT8 NOT NULL
);
INSERT INTO group_turn (id, turn) VALUES (1, 1);
