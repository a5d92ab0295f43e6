/* Requests and answers as whole frames. */
#include "wire/inside.h"

static const struct field request_fields[] = {
	{ "session", kind_secret, false, offsetof(struct request, session), token_size, NULL },
	{ "flow", kind_secret, false, offsetof(struct request, flow), token_size, NULL },
	{ "device", kind_secret, false, offsetof(struct request, device), token_size, NULL },
	{ "address", kind_text, false, offsetof(struct request, address), 64, NULL },
	{ "agent", kind_text, false, offsetof(struct request, agent), 120, NULL },
	{ "language", kind_text, false, offsetof(struct request, language), 8, NULL },
};
const struct shape shape_request = { "request", sizeof(struct request),
	sizeof(request_fields) / sizeof(request_fields[0]), request_fields };

static const struct field answer_fields[] = {
	{ "support", kind_id, false, offsetof(struct answer, support), 32, NULL },
	{ "session", kind_secret, false, offsetof(struct answer, session), token_size, NULL },
	{ "flow", kind_secret, false, offsetof(struct answer, flow), token_size, NULL },
	{ "device", kind_secret, false, offsetof(struct answer, device), token_size, NULL },
	{ "field", kind_text, false, offsetof(struct answer, field), 40, NULL },
	{ "words", kind_text, false, offsetof(struct answer, words), 300, NULL },
	{ "number", kind_number, false, offsetof(struct answer, number), 0, NULL },
	{ "wait_seconds", kind_number, false, offsetof(struct answer, wait_seconds), 1000000000,
		NULL },
	{ "cursor", kind_text, false, offsetof(struct answer, cursor), 320, NULL },
};
static const struct shape shape_answer = { "answer", sizeof(struct answer),
	sizeof(answer_fields) / sizeof(answer_fields[0]), answer_fields };

/* A token is there, whole, or it is not there. */
static bool token_fits(const struct secret *token)
{
	return !token || secret_length(token) == token_size;
}

static bool tokens_fit(
	const struct secret *session, const struct secret *flow, const struct secret *device)
{
	return token_fits(session) && token_fits(flow) && token_fits(device);
}

/* ---- the frame around both ---- */

int64_t frame_whole(struct str bytes, size_t limit)
{
	struct reader r = { .rest = bytes };
	uint64_t whole = 4 + read_little(&r, 4);

	if (r.e)
		return 0;
	if (whole > limit || whole < frame_header)
		return -1;
	return bytes.length >= whole ? (int64_t)whole : 0;
}

uint32_t frame_serial(struct str frame)
{
	struct reader r = { .rest = str_from(frame, 4) };

	return (uint32_t)read_little(&r, 4);
}

/* Reads the header of one frame that must be whole and alone; what is left to read is its body. */
static struct reader frame_open(
	struct ctx *c, struct str frame, size_t limit, uint32_t *serial, uint16_t *word)
{
	struct reader r = { .c = c, .rest = str_from(frame, 4) };

	*serial = (uint32_t)read_little(&r, 4);
	*word = (uint16_t)read_little(&r, 2);
	if (!r.e && frame_whole(frame, limit) != (int64_t)frame.length)
		r.e = reply_malformed;
	return r;
}

static void frame_end(struct reader *r)
{
	if (!r->e && r->rest.length)
		r->e = reply_malformed;
}

/* The length is not known yet: frame_close writes it over these zeroes. */
static struct writer frame_start(struct ctx *c, struct buf *out, uint32_t serial, uint16_t word)
{
	struct writer w = { .c = c, .out = out };

	write_little(&w, 0, 4);
	write_little(&w, serial, 4);
	write_little(&w, word, 2);
	return w;
}

/* Takes back what a frame that failed had written, for it may hold secrets. */
static err frame_undo(struct buf *out, size_t from, err e)
{
	if (out->at)
		bytes_wipe(out->at + from, out->length - from);
	out->length = from;
	out->full = false;
	return e;
}

static err frame_close(struct writer *w, size_t from, size_t limit)
{
	size_t length = w->out->length - from;

	if (w->e)
		return frame_undo(w->out, from, w->e);
	if (w->out->full || length > limit)
		return frame_undo(w->out, from,
			fault(w->c, fault_limit, "a frame does not fit after %zu bytes", length));
	for (size_t i = 0; i < 4; i++)
		w->out->at[from + i] = (char)(uint8_t)((length - 4) >> (8 * i));
	return 0;
}

/* ---- requests ---- */

const char *frame_missing(enum operation_id id, const void *in)
{
	const struct shape *asks = operation_list[id].asks;

	for (size_t i = 0; i < asks->count; i++) {
		const struct field *f = &asks->fields[i];
		const void *at = (const char *)in + f->offset;

		if (!f->required || f->kind == kind_number || f->kind == kind_time)
			continue;
		if (f->kind == kind_secret ? !*(struct secret *const *)at
					   : !((const struct str *)at)->length)
			return f->name;
	}
	return NULL;
}

err frame_ask(struct ctx *c, uint32_t serial, enum operation_id id, const struct request *r,
	const void *in, struct buf *out)
{
	const struct request nobody = { 0 };
	size_t from = out->length;
	struct writer w = frame_start(c, out, serial, (uint16_t)id);
	const char *missing;

	must_be(id < operation_count);
	missing = frame_missing(id, in);
	r = r ? r : &nobody;
	write_shape(&w, &shape_request, r);
	if (!w.e && !tokens_fit(r->session, r->flow, r->device))
		w.e = fault(c, fault_wire, "a token of the request has a wrong length");
	if (!w.e && missing)
		w.e = fault(
			c, fault_wire, "%s.%s is missing", operation_list[id].asks->name, missing);
	write_shape(&w, operation_list[id].asks, in);
	return frame_close(&w, from, frame_limit);
}

err frame_take(struct ctx *c, struct str frame, uint32_t *serial, enum operation_id *id,
	struct request *r, const void **in)
{
	uint16_t word;
	struct reader reader = frame_open(c, frame, frame_limit, serial, &word);
	const struct shape *asks;
	void *out;

	*id = reader.e || word >= operation_count ? operation_count : word;
	if (*id == operation_count)
		return reply_malformed;
	asks = operation_list[*id].asks;
	out = arena_take(c->arena, asks->size);
	if (!out)
		return fault(c, fault_arena, "a request of %s", asks->name);
	read_shape(&reader, &shape_request, r);
	if (!reader.e && !tokens_fit(r->session, r->flow, r->device))
		reader.e = reply_malformed;
	read_shape(&reader, asks, out);
	frame_end(&reader);
	if (!reader.e && frame_missing(*id, out))
		reader.e = reply_malformed;
	if (!reader.e)
		*in = out;
	return reader.e;
}

/* ---- answers ---- */

static const struct shape *record_of(enum operation_id id)
{
	return id < operation_count ? operation_list[id].record : NULL;
}

static const struct shape *item_of(enum operation_id id)
{
	return id < operation_count ? operation_list[id].item : NULL;
}

static void write_items(struct writer *w, const struct shape *item, const struct answer *a)
{
	if (!w->e && (a->item_count > frame_items || (a->item_count && !item)))
		w->e = fault(w->c, fault_wire, "%zu items are too many", a->item_count);
	write_little(w, a->item_count, 4);
	for (size_t i = 0; item && i < a->item_count && !w->e; i++)
		write_shape(w, item, (const char *)a->items + i * item->size);
}

err answer_give(struct ctx *c, uint32_t serial, enum operation_id id, int reply,
	const struct answer *a, struct buf *out)
{
	size_t from = out->length;
	struct writer w =
		frame_start(c, out, serial, (uint16_t)(reply < 0 ? (int)reply_fault : reply));

	must_be(reply < (int)reply_count);
	must_be(!a->record || record_of(id));
	write_shape(&w, &shape_answer, a);
	if (!w.e && !tokens_fit(a->session, a->flow, a->device))
		w.e = fault(c, fault_wire, "a token of the answer has a wrong length");
	write_little(&w, a->end_session, 1);
	write_little(&w, a->end_flow, 1);
	write_little(&w, a->kiosk, 1);
	write_little(&w, a->record != NULL, 1);
	if (a->record)
		write_shape(&w, record_of(id), a->record);
	write_items(&w, item_of(id), a);
	return frame_close(&w, from, answer_limit);
}

/* Memory for count values of a shape, or NULL and the reader's error. */
static void *read_room(struct reader *r, const struct shape *shape, size_t count)
{
	void *room = NULL;

	if (r->e || !count)
		return NULL;
	if (!shape)
		r->e = reply_malformed;
	else if (!(room = arena_take(r->c->arena, count * shape->size)))
		r->e = fault(r->c, fault_arena, "%zu of %s", count, shape->name);
	return room;
}

static void read_items(struct reader *r, const struct shape *item, struct answer *a)
{
	a->item_count = (size_t)read_little(r, 4);
	if (a->item_count > frame_items)
		r->e = reply_malformed;
	a->items = read_room(r, item, a->item_count);
	for (size_t i = 0; item && i < a->item_count && !r->e; i++)
		read_shape(r, item, (char *)a->items + i * item->size);
}

err answer_take(struct ctx *c, struct str frame, enum operation_id id, uint32_t *serial, int *reply,
	struct answer *a)
{
	uint16_t word;
	struct reader r = frame_open(c, frame, answer_limit, serial, &word);
	struct answer read = { 0 };

	if (!r.e && word >= reply_count)
		r.e = reply_malformed;
	read_shape(&r, &shape_answer, &read);
	if (!r.e && !tokens_fit(read.session, read.flow, read.device))
		r.e = reply_malformed;
	read.end_session = read_flag(&r);
	read.end_flow = read_flag(&r);
	read.kiosk = read_flag(&r);
	read.record = read_room(&r, record_of(id), read_flag(&r));
	if (read.record)
		read_shape(&r, record_of(id), read.record);
	read_items(&r, item_of(id), &read);
	frame_end(&r);
	if (r.e)
		return r.e < 0 ? r.e : fault(c, fault_wire, "an answer is malformed");
	*reply = word;
	*a = read;
	return 0;
}
