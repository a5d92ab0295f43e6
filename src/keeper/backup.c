/* A copy of the store, and the master key under a passphrase: two things that are kept apart. */
#include "keeper/inside.h"

#include "audit/audit.h"
#include "conf/conf.h"
#include "crypto/crypto.h"
#include "spec/import.h"
#include "store/store.h"

#include <unistd.h>

enum { passphrase_least = 15 }; /* bytes: it guards the key alone, off line and for ever */

static err note(struct ctx *c, enum event event)
{
	struct unit unit = unit_begin(c);
	err e = audit_add(&unit, event, &(struct audit_about){ .actor = actor_socket });

	return e ? e : unit_commit(&unit);
}

/* DATA/backup/copy-RANDOM.db; *name points at what follows the folder. */
static const char *target(struct ctx *c, struct str *name)
{
	struct buf b = buf_in(c->arena, 4200);
	uint8_t random[8];
	size_t start;

	bytes_random(random, sizeof(random));
	buf_add(&b, c->conf->data);
	buf_add(&b, STR("/backup/"));
	start = b.length;
	buf_add(&b, STR("copy-"));
	hex_add(&b, (struct str){ (const char *)random, sizeof(random) });
	buf_add(&b, STR(".db"));
	*name = str_from(buf_str(&b), start);
	buf_char(&b, 0);
	return b.full ? NULL : b.at;
}

err serve_backup_make(struct ctx *c, const struct op_backup_make *in, struct answer *out)
{
	struct rec_backup *record = arena_take(c->arena, sizeof(*record));
	const char *path;
	err e;

	(void)in;
	if (!record || !(path = target(c, &record->file)))
		return fault(c, fault_arena, "backup");
	if ((e = store_copy(c, path)))
		return e;
	if ((e = note(c, event_backup))) {
		(void)unlink(path); /* no copy that the log does not tell of */
		return e;
	}
	record->key = keys_id(c->keys);
	out->record = record;
	return 0;
}

err serve_key_export(struct ctx *c, const struct op_key_export *in, struct answer *out)
{
	struct rec_key_text *record = arena_take(c->arena, sizeof(*record));
	err e;

	if (!record)
		return fault(c, fault_arena, "key");
	if (secret_length(in->passphrase) < passphrase_least) {
		out->field = STR("passphrase");
		out->words = import_why_id(why_passphrase_short);
		out->number = passphrase_least;
		return reply_refused;
	}
	if ((e = keys_export(c, c->keys, in->passphrase, &record->text)) ||
		(e = note(c, event_key_exported)))
		return e;
	record->key = keys_id(c->keys);
	out->record = record;
	return 0;
}
