# A recovery code from paper counts once, in a reset and at sign-in, and another takes its place.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as ada POST /security-info/add kind=recovery_code -> 200
page of ada -> paper := /<code>([0-9A-Z]{4}(?:[- ][0-9A-Z]{2,4})+)<\/code>/
as ada GET /security-info                         -> 200
as ada POST /signout                              -> 303
as visitor POST /recover name=ada                 -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 next_proof
as visitor GET /recover/ways                      -> 200
as visitor POST /recover/method method=recovery_code -> 303 next_proof
as visitor POST /recover/answer code=$paper       -> 303 choose
page of visitor -> next := /<code class="key-code">([0-9A-Z-]{20,})<\/code>/
as visitor POST /recover/choose password="a long walk to the sea" -> 303 password_done
as ada POST /signin name=ada password="a long walk to the sea" -> 303 prove
as ada POST /signin/method method=recovery_code   -> 303 prove
as ada POST /signin/answer code=$paper            -> 422
as ada POST /signin/answer code=$next             -> 200
as ada sees "Your new recovery code"
page of ada -> third := /<code class="key-code">([0-9A-Z-]{20,})<\/code>/
sessions of ada -> 1
mail to ada@home.example says "A recovery code was used"
mail to ada@example.net says "A recovery code was used"

# The same where it is proved again before a change.
turn the clock 6m
as ada GET /security-info/prove?how=recovery_code -> 200
as ada POST /security-info/prove how=recovery_code code=$next -> 422
as ada POST /security-info/prove how=recovery_code code=$third -> 200
page of ada -> fourth := /<code class="key-code">([0-9A-Z-]{20,})<\/code>/
as ada GET /security-info -> 200
as ada POST /signout -> 303
as ada POST /signin name=ada password="a long walk to the sea" -> 303 prove
as ada POST /signin/method method=recovery_code   -> 303 prove
as ada POST /signin/answer code=$third            -> 422
as ada POST /signin/answer code=$fourth           -> 200
page of ada -> fifth := /<code class="key-code">([0-9A-Z-]{20,})<\/code>/

# A successor counts as a first proof too, and its own is not shown where the code of the mail is.
turn the clock 16m
as second POST /recover name=ada                  -> 303 check_messages
as second from another tab POST /recover/method method=recovery_code -> 303 next_proof
as second POST /recover/answer code=$fifth        -> 303 check_messages
as second sees "That worked."; as second sees "You used a recovery code."
as second GET /recover/link                       -> 200
as second sees "Use this code"; as second does not see "You used a recovery code."
