/* Who may ask what: judged from the descriptor a frame came on, never from a field of it. */
#include "keeper/inside.h"

#include "signin/session.h"

/* The command line may ask what visitors may; nobody else may ask for another's door. */
static bool door_opens(const struct peer *peer, const struct operation *op)
{
	switch (op->door) {
	case door_visitor:
		return peer->door == door_visitor || peer->door == door_socket;
	case door_session:
		return peer->door == door_visitor;
	case door_courier:
		return peer->door == door_courier;
	case door_socket:
		return peer->door == door_socket;
	}
	return false;
}

err permit(struct ctx *c, const struct peer *peer, const struct operation *op, struct request *r,
	struct session *who)
{
	err e;

	r->door = peer->door;
	if (!door_opens(peer, op))
		return reply_not_allowed;
	if (op->door != door_session)
		return 0;
	if ((e = session_check(c, r, who)))
		return e;
	c->who = who;
	return 0;
}
