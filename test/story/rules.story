# A way that is off for a group proves no reset of its people, and cannot be added; the pages show what any may have.
with registered ada
turn the clock 16m
run group add Sales -> 0
run group join sales --person ada -> 0
run policy set mobileAppCodeEnabled off --group sales -> 0
as visitor POST /recover name=ada                 -> 303 check_messages
as visitor GET /recover/ways                      -> 200
as visitor sees "Authenticator app"
as visitor POST /recover/method method=totp       -> 303 next_proof
as visitor POST /recover/answer code=totp(ada)    -> 422
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as ada GET /security-info/add                     -> 200
as ada sees "Recovery codes"
as ada does not see "Authenticator app"

# Off for everybody, it is on no page.
run policy set mobileAppCodeEnabled off -> 0
as stranger POST /recover name=ada                -> 303 check_messages
as stranger GET /recover/ways                     -> 200
as stranger does not see "Authenticator app"

# A longer password for a group is asked of its people, and said to them first.
run policy set passwordMinLength 25 --group sales -> 0
as ada GET /change                                -> 200
as ada sees "At least 25 characters"
as ada POST /change password="seven green boats at" -> 422
as ada sees "25"
as ada POST /change password="seven green boats at dawn" -> 303 security-info

# Without mail a reset begins with an app or with paper, for everybody alike.
run policy set mobileAppCodeEnabled on -> 0
run policy set emailOptionEnabled off -> 0
as stranger POST /recover name=ada                -> 303 next_proof
as nobody POST /recover name=eve                  -> 303 next_proof
pages of stranger and nobody are equal
as stranger from another tab POST /recover/method method=mail -> 303 next_proof

# A way that does not count is told all the same of what was done.
run policy set numberOfAuthenticationMethodsRequired 1 -> 0
run policy unset mobileAppCodeEnabled --group sales -> 0
turn the clock 1h
as late POST /recover name=ada                    -> 303 next_proof
as late POST /recover/answer code=totp(ada)       -> 303 choose
as late POST /recover/choose password="nine grey herons over the water" -> 303 password_done
mail to ada@home.example says "forgotten password was replaced"
