-- What the administrator sets while the server runs: for everybody, and for groups. spec/rule.def has the
-- names, what they mean, and how the values of several groups combine.

CREATE TABLE policy_site (
	name TEXT NOT NULL PRIMARY KEY,
	value INT8 NOT NULL
);

CREATE TABLE policy_group (
	within BYTES NOT NULL REFERENCES directory_group (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	value INT8 NOT NULL,
	PRIMARY KEY (within, name)
);

-- Lists of groups: who may reset, who may not.
CREATE TABLE policy_scope (
	list TEXT NOT NULL,              -- of spec/rule.def
	within BYTES NOT NULL REFERENCES directory_group (id) ON DELETE CASCADE,
	PRIMARY KEY (list, within)
);
