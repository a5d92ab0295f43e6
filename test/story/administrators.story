# An administrator's reset needs two proofs, whatever is set for others, and none is possible while it is turned off.
with registered ada
with registered bob
turn the clock 16m
run group add Admins -> 0
run group join admins --person ada -> 0
run policy set administratorGroups Admins -> 0
run policy set numberOfAuthenticationMethodsRequired 1 -> 0
as visitor POST /recover name=ada                 -> 303 check_messages
as other POST /recover name=bob                   -> 303 check_messages
as nobody POST /recover name=eve                  -> 303 check_messages
pages of visitor and other are equal
pages of visitor and nobody are equal
mail to bob@home.example -> code := /\b\d{8}\b/
as other POST /recover/answer code=$code          -> 303 choose
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 next_proof

# Turned off in the middle of it, and from its beginning: the same pages, and the reason after a proof.
run policy set allowedToUseSSPR off -> 0
as visitor POST /recover/answer code=totp(ada)    -> 303 contact_desk
as visitor sees "turned off for administrators"
turn the clock 16m
as second POST /recover name=ada                  -> 303 check_messages
as nobody POST /recover name=eve                  -> 303 check_messages
pages of second and nobody are equal
mail to ada@home.example -> code := /\b\d{8}\b/
as second POST /recover/answer code=$code         -> 303 contact_desk
as second sees "turned off for administrators"
run audit list --person ada --event reset_progress -> 0 why := /off for administrators/
run policy explain ada -> 0 why := /allowedToUseSSPR is off/

# A way that is not for a group proves nothing for its people; others keep it, and pages show it to all.
run policy set mobileAppCodeExcludeGroups Admins -> 0
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as ada GET /security-info/add                     -> 200
as ada does not see "Authenticator app"
run policy set recoveryCodesIncludeGroups Admins -> 0
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 prove
as bob POST /signin/answer code=totp(bob)         -> 303 security-info
as bob GET /security-info/add                     -> 200
as bob sees "Authenticator app"
as bob does not see "Recovery codes"
as ada GET /security-info/add                     -> 200
as ada sees "Recovery codes"
as stranger POST /recover name=bob                -> 303 check_messages
as stranger GET /recover/ways                     -> 200
as stranger sees "A recovery code"
