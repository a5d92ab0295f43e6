#include "policy/password.h"
#include "spec/spec.h"
err password_normal(struct ctx *c, const struct secret *typed, struct secret **normal){ struct str s=secret_show(typed); *normal=secret_take(c->arena,s.at,s.length); return 0;}
err password_judge(struct ctx *c, const struct secret *typed, const struct password_rules *rules, const struct str *names, size_t name_count, struct secret **normal, struct str *why, int64_t *number){ (void)names;(void)name_count; if ((int64_t)utf8_count(secret_show(typed))<rules->least){*why=STR("password_short");*number=rules->least;return reply_rules;} return password_normal(c,typed,normal);}
