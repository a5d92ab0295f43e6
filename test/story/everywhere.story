# Signing out everywhere ends every session, here and elsewhere; idle ones end by themselves.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as phone POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as phone POST /signin/answer code=totp(ada)       -> 303 security-info
sessions of ada -> 2
as phone POST /signout/everywhere                 -> 303
sessions of ada -> 0
as ada GET /security-info                         -> 303 signin
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
turn the clock 61m
as ada GET /security-info                         -> 303 signin
run people end-sessions ada -> 0
