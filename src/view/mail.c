/* A message of spec/message.def as mail: named values become a struct, the struct three texts. */
#include "view/inside.h"

static const struct mail_shape *shape_of(struct str name)
{
	for (size_t i = 0; i < mail_shape_count; i++)
		if (str_same(mail_shapes[i].name, name))
			return &mail_shapes[i];
	return NULL;
}

static const struct view_value *given(
	struct str name, const struct view_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_same(values[i].name, name))
			return &values[i];
	return NULL;
}

static bool has_field(const struct mail_shape *shape, struct str name)
{
	for (size_t i = 0; i < shape->field_count; i++)
		if (str_same(shape->fields[i].name, name))
			return true;
	return false;
}

static bool put(uint8_t *values, const struct mail_field *field, struct str value)
{
	int64_t number = 0;

	if (field->kind == mail_text || field->kind == mail_url) {
		*(struct str *)(void *)(values + field->offset) = value;
		return true;
	}
	if (!str_number(value, &number))
		return false;
	if (field->kind == mail_flag)
		*(bool *)(void *)(values + field->offset) = number != 0;
	else
		*(int64_t *)(void *)(values + field->offset) = number;
	return true;
}

static err fill(struct ctx *c, const struct mail_shape *shape, const struct view_value *values,
	size_t count, uint8_t *out)
{
	for (size_t i = 0; i < count; i++)
		if (!has_field(shape, values[i].name))
			return fault(c, fault_mail, "%.*s has no value %.*s", STR_ARG(shape->name),
				STR_ARG(values[i].name));
	for (size_t i = 0; i < shape->field_count; i++) {
		const struct mail_field *field = &shape->fields[i];
		const struct view_value *value = given(field->name, values, count);

		if (!value || !put(out, field, value->value))
			return fault(c, fault_mail, "%.*s: %.*s is %s", STR_ARG(shape->name),
				STR_ARG(field->name), value ? "no number" : "missing");
	}
	return 0;
}

err view_mail(struct ctx *c, struct str message, struct str language,
	const struct view_value *values, size_t count, struct buf *subject, struct buf *text,
	struct buf *html)
{
	/* The largest struct of a message: a text takes 16 bytes, and a message has at most 16
	 * fields beside those of every message. */
	_Alignas(16) uint8_t filled[512] = { 0 };
	const struct mail_shape *shape = shape_of(message);
	int in = view_japanese(language) ? view_ja : view_en;
	err e;

	if (!shape)
		return fault(c, fault_mail, "no message %.*s", STR_ARG(message));
	must_be(shape->size <= sizeof(filled));
	if ((e = fill(c, shape, values, count, filled)))
		return e;
	shape->in[in].subject(subject, filled);
	shape->in[in].text(text, filled);
	shape->in[in].html(html, filled);
	bytes_wipe(filled, sizeof(filled));
	return subject->full || text->full || html->full
		       ? fault(c, fault_limit, "%.*s is too long", STR_ARG(message))
		       : 0;
}
