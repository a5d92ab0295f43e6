# Security information is renamed and deleted after a fresh proof, and the last way cannot go.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
page of ada -> id := /ada@home\.example[\s\S]*?\/security-info\/delete\?id=([A-Za-z0-9_-]+)/
as ada GET /security-info/rename?id=$id           -> 200
as ada POST /security-info/rename label="at home" -> 303 security-info
as ada sees "at home"

# Five minutes later it must be proved again.
turn the clock 6m
as ada GET /security-info/delete?id=$id           -> 303 prove
as ada POST /security-info/prove code=totp(ada)   -> 303 delete
as ada POST /security-info/add kind=recovery_code -> 200
as ada GET /security-info                         -> 200
as ada GET /security-info/delete?id=$id           -> 200
as ada POST /security-info/delete                 -> 303 security-info
as ada does not see "ada@home.example"
as ada GET /security-info/delete?id=$id           -> 303 security-info
as ada GET /security-info/rename?id=$id           -> 303 security-info
mail to ada@example.net says "was deleted"
