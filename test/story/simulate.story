# What a change of policy would do is said before it is made, and nothing is changed by asking.
with registered ada
person bob
run group add Staff -> 0
run group join staff --person ada -> 0
run policy simulate enablementType=none -> 0 what := /ada +loses_reset +2/
run policy simulate enablementType=selected "passwordResetEnabledGroups=Staff" -> 0 kept := /0  would lose it/
run policy simulate mobileAppCodeEnabled=off --group staff -> 0 what := /1  would lose it/
run policy simulate --lost-phone -> 0 what := /no_sign_in_without_phone/
run --format json policy simulate enablementType=none -> 0 json := /"lose": ?1/
run policy simulate enablementType=none --most 0 -> 0 rest := /1 more: --most/
run policy simulate enablementType -> 1
run policy simulate numberOfAuthenticationMethodsRequired=9 -> 1
run policy check -> 0
run policy explain ada -> 0 may := /yes/
run policy set enablementType selected -> 0
run policy check -> 1
# A profile is a set of defaults: what it would do is said as of any other change.
run policy set enablementType all -> 0
run policy simulate profile=entra -> 0 then := /0  would lose it/
run policy set profile entra -> 0
run policy explain ada -> 0 profile := /profile +entra +everybody/
run policy explain ada -> 0 proofs := /numberOfAuthenticationMethodsRequired +1 +profile/
run policy check -> 0 one := /numberOfAuthenticationMethodsRequired +look/
run policy set profile lax -> 1
run policy unset profile -> 0
