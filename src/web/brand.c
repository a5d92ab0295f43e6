/* What the keeper says of the organisation: name, colour, logo, help desk. Asked at most every few
 * seconds for each language, and kept when the keeper is away. */
#include "web/visit.h"

enum { fresh_us = 5 * 1000000, brand_memory = 128 * 1024 };

static struct brand *own(struct visit *v)
{
	return &v->web->brand[str_is(v->language, "ja")];
}

/* The texts of a record live in the visit; these live until the next answer. */
static void keep(struct brand *b, const struct rec_brand *said)
{
	if (!b->arena && !(b->arena = arena_open(brand_memory)))
		return;
	arena_wipe(b->arena);
	b->rec = *said;
	for (size_t i = 0; i < shape_rec_brand.count; i++) {
		const struct field *f = &shape_rec_brand.fields[i];
		void *at = (char *)&b->rec + f->offset;

		if (f->kind != kind_number && f->kind != kind_time)
			*(struct str *)at = arena_copy(b->arena, *(struct str *)at);
	}
	b->read_us = clock_monotonic_us();
}

static void take_brand(struct visit *v)
{
	step *then = v->after_brand;

	if (!v->ask.e && v->ask.reply == (int)reply_done && v->ask.answer.record)
		keep(own(v), v->ask.answer.record);
	v->ask.answer = (struct answer){ 0 };
	then(v);
}

void brand_then(struct visit *v, step *then)
{
	struct brand *b = own(v);
	int64_t now = clock_monotonic_us();

	/* While one visit asks, the others make do with what there is. */
	if (b->asked_us && now - b->asked_us < fresh_us) {
		then(v);
		return;
	}
	b->asked_us = now;
	v->after_brand = then;
	v->brand = (struct op_brand_show){ .language = v->language };
	visit_ask(v, operation_brand_show, &v->brand, take_brand);
}

const struct rec_brand *brand_of(struct visit *v)
{
	const struct conf *conf = v->web->conf;
	struct rec_brand *plain = &v->web->plain;

	if (own(v)->read_us)
		return &own(v)->rec;
	*plain = (struct rec_brand){
		.organisation = conf->organisation,
		.base_url = conf->base_url,
		.help_phone = conf->help_desk_phone,
		.help_mail = conf->help_desk_mail,
		.mail_sender = conf->sender,
		.password_min = conf->password_min_length,
	};
	return plain;
}
