/* What the files of this room share: a connection to SQLite, and the schema it must have. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "store/store.h"

struct migration {
	int64_t number; /* 1, 2, ...: its place in the list */
	const char *name;
	const char *checksum; /* SHA-256 of the text without comments, as hex; made at build time */
	const char *text;     /* for SQLite */
};

/* What a store must look like and what it can be asked. The tests bring small ones of their own. */
struct schema {
	const struct migration *migrations;
	size_t migration_count;
	const char *const *statements;
	size_t statement_count;
};

/* Generated from sql/. */
extern const char *const statement_sqlite[];
extern const struct schema schema_sqlite;

/* ---- store.c ---- */

/* store_open with another schema, which must outlive the store. */
must_use err store_open_as(struct ctx *c, const char *dir, enum store_how how,
	const struct schema *schema, struct store **out, struct store_status *status);

/* ---- sqlite.c: one connection, used by one thread at a time ---- */

enum connection_kind { connection_writes, connection_reads };

must_use err connection_open(struct ctx *c, const char *path, enum connection_kind kind,
	const struct schema *schema, struct connection **out);
void connection_close(struct connection **connection);

/* Several statements without values: migrations, transactions, settings. */
must_use err connection_script(struct ctx *c, struct connection *connection, const char *text);
/* The first number of the first row, which there must be. */
must_use err connection_number(
	struct ctx *c, struct connection *connection, const char *text, int64_t *out);
must_use err connection_read(struct ctx *c, struct connection *connection, enum statement s,
	const struct value *with, size_t count, size_t most, struct rows *out);
/* The same with a text of one's own. */
must_use err connection_ask(struct ctx *c, struct connection *connection, const char *text,
	const struct value *with, size_t count, struct rows *out);
/* What is read until connection_apart is of one moment, that of the first read. */
must_use err connection_together(struct ctx *c, struct connection *connection);
/* False: the moment could not be ended, and the connection is good for nothing else. */
bool connection_apart(struct connection *connection);
/* *rows: changed, or found by a SELECT. reply_lost_race: a key was taken, or what it points to is
 * gone. */
must_use err connection_run(struct ctx *c, struct connection *connection, enum statement s,
	const struct value *with, size_t count, int64_t *rows);
/* False: an error ended the transaction, and took all of it back. */
bool connection_in_transaction(const struct connection *connection);
/* Prepares every statement: all of them are good SQL for this schema. */
must_use err connection_prepare_all(struct ctx *c, struct connection *connection);

/* ---- migrate.c ---- */

/* Brings the schema up to date through the one writing connection. dir: where backups go. */
must_use err migrate(struct ctx *c, struct connection *writer, const char *dir,
	const struct schema *schema, struct store_status *status);

/* ---- copy.c ---- */

/* A consistent copy to a new file, durable. */
must_use err copy_to(struct ctx *c, struct connection *connection, const char *path);

/* ---- writer.c: the one thread that writes ---- */

struct writer;

/* Takes the connection over, unless it fails. Lives in the arena. doubt: a descriptor that a byte
 * is written to when the store has failed, so that the next start checks it. */
must_use err writer_open(struct ctx *c, struct arena *arena, struct connection *connection,
	int doubt, struct writer **out);
void writer_close(struct writer **writer); /* answers all who wait first */
must_use err writer_commit(struct writer *writer, const struct unit *unit);

/* ---- reader.c: a few connections for all who read ---- */

struct readers;

/* Lives in the arena. */
must_use err readers_open(struct ctx *c, struct arena *arena, const char *path,
	const struct schema *schema, struct readers **out);
void readers_close(struct readers **readers);
/* Waits until one is free. */
must_use err reader_take(struct ctx *c, struct readers *readers, struct connection **out);
void reader_give(struct readers *readers, struct connection *connection);
/* Closes it, and makes room for another. */
void reader_drop(struct readers *readers, struct connection *connection);

struct store {
	struct writer *writer;
	struct readers *readers;
	struct arena *arena; /* all of this room's own memory, this struct too */
	int lock;            /* holds dir/rekey.lock; empty, unless the store is in doubt */
};

#endif
