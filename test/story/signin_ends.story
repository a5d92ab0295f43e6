# A sign-in ends with its tries, with its time, or when it is left; so does an invitation.
with registered ada
as first POST /signin name=ada password="nine quiet lanterns on a hill"  -> 303 prove
as first POST /signin/answer code=wrong(totp(ada))                       -> 422
as first POST /signin/answer code=wrong(totp(ada))                       -> 422
as first POST /signin/answer code=wrong(totp(ada))                       -> 422
as first POST /signin/answer code=wrong(totp(ada))                       -> 422
as first POST /signin/answer code=wrong(totp(ada))                       -> 303 shut
as first sees "Too many tries"; as first sees "I forgot my password"; as first does not see "Back to sign-in"
as second POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as second POST /signin/leave                                             -> 303
as third POST /signin name=ada password="nine quiet lanterns on a hill"  -> 303 prove
turn the clock 16m
as third POST /signin/answer code=totp(ada)                              -> 303 shut
person eve mail=eve@example.net
run people invite eve -> 0 pass := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as eve POST /signin/pass name=eve pass=$pass                             -> 303 must_change
as eve POST /signin/leave                                                -> 303
run people invite eve -> 0 pass := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as eve POST /signin/pass name=eve pass=$pass                             -> 303 must_change
turn the clock 16m
as eve POST /signin/choose password="nine quiet lanterns on a hill"      -> 303 shut
