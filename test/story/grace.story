# The number of proofs is raised: whoever had enough gets in for a while, is told how long, and it ends by itself.
with invited ada
as ada GET /security-info/add?kind=mail -> 200
as ada POST /security-info/add address=ada@home.example -> 303
mail to ada@home.example -> code := /\b\d{8}\b/
as ada POST /security-info/confirm code=$code -> 303 security-info
as ada POST /signout -> 303
run policy set numberOfAuthenticationMethodsRequired 1 -> 0
turn the clock 16m
run policy set numberOfAuthenticationMethodsRequired 2 -> 0
run people show ada -> 0 why := /is enough until/

as visitor POST /recover name=ada                 -> 303 check_messages
as nobody POST /recover name=eve                  -> 303 check_messages
pages of visitor and nobody are equal
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 choose
as visitor GET /recover/choose                    -> 200
as visitor sees "one way is enough to reset your password"
as visitor POST /recover/choose password="seven green boats at dawn" -> 303 password_done
as visitor GET /recover/password_done             -> 200
as visitor sees "one way is enough to reset your password"
run audit list --person ada --event grace         -> 0 used := /Grace period used/
as ada POST /signin name=ada password="seven green boats at dawn" -> 303 security-info
as ada GET /security-info                         -> 200
as ada sees "one way is enough to reset your password"

# Over.
turn the clock 14d
as late POST /recover name=ada                    -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as late POST /recover/answer code=$code           -> 303 contact_desk
