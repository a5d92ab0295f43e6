/* Settings from the supervisor to one process: only its own, in a sealed memfd.
 *
 * The text is "section.key NUL value NUL" for each; it is written and read by the same build. */
#include "conf/inside.h"

#include <errno.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* All values together: what setting.def's limits allow stays far below. */
enum { hand_limit = 256 * 1024 };
static const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

static err io_fault(struct ctx *c, const char *what)
{
	return fault(c, fault_io, "settings: %s: %s", what, strerrordesc_np(errno));
}

static err write_all(struct ctx *c, int fd, struct str text)
{
	while (text.length) {
		ssize_t done = write(fd, text.at, text.length);

		if (done < 0 && errno != EINTR)
			return io_fault(c, "write");
		if (done > 0)
			text = str_from(text, (size_t)done);
	}
	return 0;
}

static err text_for(struct ctx *c, const struct conf *conf, char who, struct buf *b)
{
	for (size_t row = 0; row < conf_row_count; row++) {
		if (!strchr(conf_rows[row].who, who))
			continue;
		buf_print(b, "%s.%s", conf_rows[row].section, conf_rows[row].key);
		buf_char(b, 0);
		buf_add(b, conf->texts[row]);
		buf_char(b, 0);
	}
	return b->full ? fault(c, fault_arena, "no room to hand out the settings") : 0;
}

err conf_hand(struct ctx *c, const struct conf *conf, char who, int *fd)
{
	struct buf b = buf_in(c->arena, hand_limit);
	scoped_fd made = -1;
	err e;

	if ((e = text_for(c, conf, who, &b)))
		return e;
	made = memfd_create("rekey-conf", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (made < 0)
		return io_fault(c, "memfd_create");
	e = write_all(c, made, buf_str(&b));
	bytes_wipe(b.at, b.length);
	if (e)
		return e;
	if (lseek(made, 0, SEEK_SET) != 0 || fcntl(made, F_ADD_SEALS, seals) != 0)
		return io_fault(c, "seal");
	*fd = made;
	made = -1;
	return 0;
}

/* Not by the file offset, which all who hold the descriptor share. */
static err content(struct ctx *c, int fd, struct str *out)
{
	struct stat st;
	ssize_t got;
	char *at;

	if (fcntl(fd, F_GET_SEALS) != seals)
		return fault(c, fault_conf, "the settings handed over are not sealed");
	if (fstat(fd, &st) != 0)
		return io_fault(c, "fstat");
	if (st.st_size < 0 || st.st_size > hand_limit ||
		!(at = arena_take(c->arena, (size_t)st.st_size + 1)))
		return fault(c, fault_conf, "the settings handed over are too long");
	got = pread(fd, at, (size_t)st.st_size, 0);
	if (got != st.st_size)
		return io_fault(c, "read");
	*out = (struct str){ at, (size_t)got };
	return 0;
}

static err one(struct ctx *c, struct conf *conf, struct str name, struct str value)
{
	struct str section = STR_NONE, key = STR_NONE, allowed;

	if (!str_cut(name, '.', &section, &key))
		return fault(c, fault_conf, "the settings handed over are malformed");
	for (size_t row = 0; row < conf_row_count; row++) {
		err e;

		if (!str_is(section, conf_rows[row].section) || !str_is(key, conf_rows[row].key))
			continue;
		e = conf_rows[row].kind == conf_file ? value_content(c, conf, row, value)
						     : value_set(c, conf, row, value, &allowed);
		return e <= 0 ? e : fault(c, fault_conf, "a setting handed over is refused");
	}
	return fault(c, fault_conf, "a setting handed over is unknown");
}

err conf_receive(struct ctx *c, int fd, struct conf **out)
{
	scoped(conf_close) struct conf *conf = NULL;
	struct str text = STR_NONE, name, value;
	err e;

	if ((e = content(c, fd, &text)) || (e = conf_preset(c, &conf)))
		return e;
	while (text.length) {
		if (!str_cut(text, 0, &name, &text) || !str_cut(text, 0, &value, &text))
			return fault(c, fault_conf, "the settings handed over are malformed");
		if ((e = one(c, conf, name, value)))
			return e;
	}
	*out = conf;
	conf = NULL;
	return 0;
}
