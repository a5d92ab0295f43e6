/* The configuration in force. A reload swaps it; an operation keeps the one it began with. */
#include "keeper/inside.h"

#include "conf/conf.h"

enum { kept_most = 8 }; /* reloads whose predecessors are still being read by somebody */

struct settings {
	pthread_mutex_t lock;
	struct {
		struct conf *conf;
		int readers;
	} kept[kept_most];
	size_t now;
};

static struct settings all = { .lock = PTHREAD_MUTEX_INITIALIZER };

err settings_swap(struct keeper *k, struct conf *conf)
{
	bool placed = false;

	pthread_mutex_lock(&all.lock);
	for (size_t i = 0; i < kept_most && !placed; i++) {
		if (all.kept[i].conf)
			continue;
		all.kept[i].conf = conf;
		if (k->settings && all.kept[all.now].readers == 0)
			conf_close(&all.kept[all.now].conf);
		all.now = i;
		placed = true;
	}
	if (!k->settings) /* once, at start: workers read it without the lock */
		k->settings = &all;
	pthread_mutex_unlock(&all.lock);
	return placed ? 0 : fault(&k->c, fault_limit, "too many reloads at a time");
}

const struct conf *settings_hold(struct keeper *k)
{
	const struct conf *conf;

	pthread_mutex_lock(&k->settings->lock);
	k->settings->kept[k->settings->now].readers++;
	conf = k->settings->kept[k->settings->now].conf;
	pthread_mutex_unlock(&k->settings->lock);
	return conf;
}

err serve_settings_show(struct ctx *c, const struct op_settings_show *in, struct answer *out)
{
	struct rec_setting_row *rows = arena_take(c->arena, conf_row_count * sizeof(*rows));

	(void)in;
	if (!rows)
		return fault(c, fault_arena, "settings");
	for (size_t i = 0; i < conf_row_count; i++) {
		const struct conf_row *row = &conf_rows[i];
		bool told = strchr(row->who, 'k') != NULL;

		rows[i] = (struct rec_setting_row){ str_of(row->section), str_of(row->key), told,
			told ? str_upto(conf_value(c->conf, i), 4000) : STR("") };
	}
	out->items = rows;
	out->item_count = conf_row_count;
	return 0;
}

void settings_let(struct keeper *k, const struct conf *conf)
{
	struct settings *s = k->settings;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < kept_most; i++) {
		if (s->kept[i].conf != conf)
			continue;
		s->kept[i].readers--;
		if (i != s->now && s->kept[i].readers == 0)
			conf_close(&s->kept[i].conf);
	}
	pthread_mutex_unlock(&s->lock);
}
