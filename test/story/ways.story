# Another way can be chosen at each step, more time is given once, and a reset can be left.
with registered ada
turn the clock 16m
as visitor POST /recover name=ada                                    -> 303 check_messages
mail to ada@home.example -> early := /\b\d{8}\b/
as visitor from another tab POST /recover/method method=mail         -> 303 check_messages
no mail to ada@home.example like /\b\d{8}\b/
as visitor from another tab POST /recover/method method=totp         -> 303 next_proof
as visitor from another tab POST /recover/resend                     -> 303 next_proof

# Loaded anew, the address of a form leads to where the flow is.
as visitor GET /recover/answer                                       -> 303 next_proof
as visitor GET /recover/method                                       -> 303 next_proof
as stranger GET /recover/answer                                      -> 303 recover
as stranger GET /signin/answer                                       -> 303 signin
as stranger GET /security-info/confirm                               -> 303 signin

turn the clock 11m
as visitor from another tab POST /recover/method method=mail         -> 303 check_messages
mail to ada@home.example -> late := /\b\d{8}\b/
as visitor POST /recover/extend                                      -> 303
as visitor from another tab POST /recover/extend                     -> 303
as visitor from another tab POST /recover/method method=totp         -> 303 next_proof
as visitor POST /recover/answer code=totp(ada)                       -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code                           -> 303 choose
as visitor from another tab POST /recover/extend                     -> 303 choose
as visitor POST /recover/leave                                       -> 303
as visitor GET /recover/choose                                       -> 303 recover

# More time where the new password is asked for.
turn the clock 31m
as second POST /recover name=ada                                     -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as second POST /recover/answer code=$code                            -> 303 next_proof
as second POST /recover/answer code=totp(ada)                        -> 303 choose
as second POST /recover/extend                                       -> 303 choose
turn the clock 20m
as second POST /recover/choose password="a long walk to the sea"     -> 303 password_done

# Who left, or was too slow, begins again; a stranger's name walks the same ways.
as third POST /recover name=ada                                      -> 303 check_messages
as third POST /recover/leave                                         -> 303
as fourth POST /recover name=ada                                     -> 303 check_messages
turn the clock 16m
as fourth POST /recover/answer code=12345678                         -> 303 shut
as stranger POST /recover name=eve                                   -> 303 check_messages
as stranger POST /recover/resend                                     -> 303 check_messages
as stranger from another tab POST /recover/method method=totp        -> 303 next_proof
turn the clock 11m
as stranger from another tab POST /recover/method method=mail        -> 303 check_messages
