# A locked-out person gets back in: two proofs, a new password, every session ended, all addresses told.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)                             -> 303 security-info
sessions of ada -> 1

as visitor POST /recover name=ada                                     -> 303 check_messages
as visitor does not see "ada@home.example"
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code                            -> 303 next_proof
as visitor POST /recover/answer code=$code                            -> 422
as visitor POST /recover/answer code=totp(ada)                        -> 303 choose
as visitor POST /recover/choose password="short"                      -> 422
as visitor POST /recover/choose password="passwordpassword"           -> 422
as visitor POST /recover/choose password="a long walk to the sea"     -> 303 password_done
sessions of ada -> 0
mail to ada@example.net says "Your password was reset"
mail to ada@home.example says "Your password was reset"

# The one who reset it is not signed in by it; the old password is dead, the new one works.
as visitor GET /security-info                                         -> 303 signin
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 422
as ada POST /signin name=ada password="a long walk to the sea"        -> 303 prove
as ada POST /signin/answer code=totp(ada)                             -> 303 security-info
logs never contain $code; logs never contain ada@home.example
run audit verify -> 0

# The log has each step under the name that Microsoft gives it.
run audit list --person ada --event reset_registered -> 0 complete := /User registered for self-service password reset/
run audit list --person ada --event reset_progress -> 0 begun := /User started the mobile app code verification option/
run audit list --person ada --event reset_progress -> 0 done := /User completed the mobile app code verification option/
run audit list --person ada --event reset -> 0 refused := /FuzzyPolicyViolationInvalidPassword/
