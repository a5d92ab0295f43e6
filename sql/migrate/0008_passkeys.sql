-- What a passkey verifies with, beside its row of method. A credential's id is nobody else's.

CREATE TABLE passkey (
	method BYTES NOT NULL PRIMARY KEY REFERENCES method (id) ON DELETE CASCADE,
	credential BYTES NOT NULL UNIQUE, -- as the authenticator named it
	key BYTES NOT NULL,               -- public, sealed: bound to (account, method, credential)
	aaguid BYTES NOT NULL,            -- the authenticator's model; a claim
	transports TEXT NOT NULL,         -- "internal hybrid": how browsers may reach it
	counter INT8 NOT NULL,            -- the highest that was seen; 0 from those that do not count
	eligible INT8 NOT NULL,           -- BE: may be copied to other devices
	backed_up INT8 NOT NULL,          -- BS: is copied now
	verified INT8 NOT NULL            -- UV: has verified its user when it was registered, or since
);
