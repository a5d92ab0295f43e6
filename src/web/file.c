/* What is not a page: files, the organisation's colours and logo, words for machines. */
#include "web/visit.h"

#include "view/view.h"

static void answer_with(struct visit *v, int status, const char *type, struct str body)
{
	v->out.status = status;
	v->out.type = type;
	v->out.body = body;
}

/* A file's name holds its hash: whoever has it has it for ever. */
void serve_file(struct visit *v)
{
	const struct view_file *file = view_static(v->head.path);
	struct str type;

	if (!file) {
		refuse_visit(v, 404, NULL);
		return;
	}
	type = arena_copy(v->c.arena, file->type);
	v->out.etag = arena_copy(v->c.arena, file->etag);
	v->out.cache = cache_forever;
	if (v->out.etag.length && str_same(head_value(&v->head, "if-none-match"), v->out.etag))
		answer_with(v, 304, NULL, STR_NONE);
	else
		answer_with(v, 200, type.at, file->bytes);
}

static void brand_css(struct visit *v)
{
	struct buf css = buf_in(v->c.arena, 8 * 1024);

	view_brand_css(&css, brand_of(v)->accent);
	v->out.cache = cache_minute;
	answer_with(v, css.full ? 500 : 200, "text/css; charset=utf-8", buf_str(&css));
}

void serve_brand_css(struct visit *v)
{
	brand_then(v, brand_css);
}

/* A drawing can hold scripts; as an image it runs none, and opened by itself its policy forbids. */
static void logo(struct visit *v)
{
	const struct rec_brand *brand = brand_of(v);

	if (!brand->logo.length ||
		!choice_has("image/png|image/jpeg|image/webp|image/svg+xml", brand->logo_type)) {
		refuse_visit(v, 404, NULL);
		return;
	}
	v->out.picture = true;
	v->out.cache = cache_minute;
	answer_with(v, 200, arena_copy(v->c.arena, brand->logo_type).at,
		arena_copy(v->c.arena, brand->logo));
}

void serve_logo(struct visit *v)
{
	brand_then(v, logo);
}

void serve_to_change(struct visit *v)
{
	redirect(v, STR("/change"));
}

void serve_no_such(struct visit *v)
{
	refuse_visit(v, 404, NULL);
}

/* RFC 9116: needs a contact and an end, which is a year from now for a page made now. */
void serve_security_txt(struct visit *v)
{
	struct buf text = buf_in(v->c.arena, 1024);
	struct str mail = v->web->conf->help_desk_mail;
	char end[21];

	if (!mail.length) {
		refuse_visit(v, 404, NULL);
		return;
	}
	clock_utc(v->c.now + INT64_C(364) * 24 * 3600, end);
	buf_add(&text, STR("Contact: mailto:"));
	buf_add(&text, mail);
	buf_print(&text, "\nExpires: %s\nPreferred-Languages: en, ja\nCanonical: ", end);
	buf_add(&text, v->web->site.origin);
	buf_add(&text, STR("/.well-known/security.txt\n"));
	v->out.cache = cache_minute;
	answer_with(v, 200, "text/plain; charset=utf-8", buf_str(&text));
}

/* Alive: the process answers. */
void serve_health(struct visit *v)
{
	answer_with(v, 200, "text/plain; charset=utf-8", STR("ok\n"));
}

static void ready(struct visit *v)
{
	bool good = !v->ask.e && v->ask.reply == (int)reply_done;

	answer_with(v, good ? 200 : 503, "text/plain; charset=utf-8",
		good ? STR("ready\n") : STR("not ready\n"));
}

void serve_ready(struct visit *v)
{
	static const struct op_ready_show nothing;

	visit_ask(v, operation_ready_show, &nothing, ready);
}
