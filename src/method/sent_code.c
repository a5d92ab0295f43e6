/* Codes that are sent: eight digits, each as likely as any other. */
#include "method/inside.h"

err sent_code_make(struct ctx *c, struct secret **out)
{
	struct secret *code = secret_room(c->arena, sent_code_digits);

	if (!code)
		return fault(c, fault_memory, "locked pages");
	digits_write(secret_bytes(code), sent_code_digits, number_random(100000000));
	*out = code;
	return 0;
}
