/* Documents that commands write: one file that is opened by itself. */
#include "cli/document.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int document_open(struct call *call, struct document *out)
{
	struct str language = call_value(call, "--language");
	struct op_brand_show in = { .language = language.length ? language : STR("en") };
	struct answer a;
	int code;

	if (!str_is(in.language, "en") && !str_is(in.language, "ja"))
		return call_say(exit_usage, "--language takes en or ja");
	if ((code = call_ask(call, operation_brand_show, &in, &a)))
		return code;
	*out = (struct document){
		.call = call, .brand = a.record, .text = buf_in(call->c->arena, view_document_limit)
	};
	out->base = (struct view_document){ .language = in.language,
		.organisation = out->brand->organisation,
		.made = call->c->now,
		.offset = view_offset(call->c->now) };
	return out->text.full ? call_say(exit_fault, "out of memory") : exit_done;
}

static bool write_all(int fd, struct str bytes)
{
	while (bytes.length) {
		ssize_t wrote = write(fd, bytes.at, bytes.length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		bytes = str_from(bytes, (size_t)wrote);
	}
	return true;
}

int document_save(struct document *d, struct str path)
{
	scoped_fd fd = open(path.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);

	if (d->text.full)
		return call_say(exit_fault, "the document is over %d bytes", view_document_limit);
	if (fd < 0 || !write_all(fd, buf_str(&d->text)))
		return call_say(
			exit_refused, "%s cannot be written: %s", path.at, strerrordesc_np(errno));
	return exit_done;
}
