/* The users that the programs run as: one for each, when root starts them. */
#include "main/inside.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

const struct program program_list[program_count] = {
	[program_keeper] = { "keeper", "rekey-keeper", "rekey-keeper", 'k' },
	[program_courier] = { "courier", "rekey-courier", "rekey-courier", 'c' },
	[program_web] = { "web", "rekey-web", "rekey-web", 'w' },
};

static bool may_miss(const struct conf *conf, const char *layer)
{
	for (size_t i = 0; i < conf->allow_missing_cage.count; i++)
		if (str_is(conf->allow_missing_cage.at[i], layer))
			return true;
	return false;
}

static int missing(struct serving *s, const char *user)
{
	if (!s->demo && !may_miss(s->conf, "user"))
		return call_say(exit_refused,
			"there is no user %s; make it (the package does), start rekey as an "
			"ordinary user, "
			"or set allowMissingCage = user",
			user);
	log_line(log_warning, NULL,
		"there is no user %s: the programs share root without its powers", user);
	for (size_t i = 0; i < program_count; i++)
		s->identity[i].own = false;
	return 0;
}

int identity_find(struct serving *s)
{
	if (geteuid() != 0)
		return 0;
	for (size_t i = 0; i < program_count; i++) {
		const struct passwd *user = getpwnam(program_list[i].user);

		if (!user)
			return missing(s, program_list[i].user);
		s->identity[i] = (struct identity){ true, user->pw_uid, user->pw_gid };
	}
	return 0;
}

bool identity_take(const struct identity *identity)
{
	return !identity->own ||
	       (setgroups(0, NULL) == 0 &&
		       setresgid(identity->gid, identity->gid, identity->gid) == 0 &&
		       setresuid(identity->uid, identity->uid, identity->uid) == 0);
}
