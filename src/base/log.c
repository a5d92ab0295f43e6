/* One JSON line on standard error for each thing an operator should know. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static struct {
	const char *program;
	enum log_level least;
} log_state = { "rekey", log_info };

void log_open(const char *program, enum log_level least)
{
	log_state.program = program;
	log_state.least = least;
}

/* JSON text; what could break a line, a terminal or a reader's eye becomes an escape. */
static void add_escaped(struct buf *b, struct str s)
{
	for (size_t at = 0; at < s.length;) {
		size_t from = at;
		int32_t point = utf8_next(s, &at);

		if (point < 0) {
			buf_add(b, STR("\\ufffd"));
			at = from + 1;
		} else if (point == '"' || point == '\\') {
			buf_add(b, (struct str){
					   (char[]){ '\\', (char)point }, 2 }); /* both or none */
		} else if (point < 0x20 || point == 0x7f || (point >= 0x80 && point <= 0x9f) ||
			   (point >= 0x200e && point <= 0x202e) ||
			   (point >= 0x2066 && point <= 0x2069)) {
			buf_print(b, "\\u%04x", (unsigned)point);
		} else {
			buf_add(b, (struct str){ s.at + from, at - from });
		}
	}
}

void log_line(enum log_level level, const char *support, const char *format, ...)
{
	static const char *const levels[] = { "debug", "info", "warning", "error" };
	char memory[2048], words[512], when[21];
	struct buf line = buf_on(memory, sizeof(memory) - 3);
	va_list args;
	int length;

	if (level < log_state.least)
		return;
	va_start(args, format);
	length = vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	if (length < 0)
		return;
	clock_utc(clock_now(), when);
	buf_print(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\"", when,
		levels[level], log_state.program);
	if (support && *support)
		buf_print(&line, ",\"support\":\"%s\"", support);
	buf_add(&line, STR(",\"message\":\""));
	add_escaped(&line, str_of(words));
	line.limit += 3;
	line.full = false;
	buf_add(&line, STR("\"}\n"));
	/* One write, so that lines of several processes do not mix. Nothing helps if it fails. */
	if (write(STDERR_FILENO, line.at, line.length) < 0)
		return;
}
