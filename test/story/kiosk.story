# On a machine that many people use there is no familiar device, no set of recovery codes, and Finish ends all that the browser began.
with registered ada
turn the clock 16m
run people end-sessions ada -> 0
run policy set kioskNetworks 127.0.0.0/8 -> 0
as kiosk POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as kiosk GET /signin/prove                        -> 200
as kiosk sees "Finish"
as kiosk POST /signin/answer code=totp(ada)       -> 303 security-info
as kiosk GET /security-info                       -> 200
as kiosk sees "Finish"
page of kiosk -> wipes := /content="60;url=\/finish"/
as kiosk GET /security-info/add                   -> 200
as kiosk sees "E-mail address"
as kiosk does not see "Recovery codes"
as kiosk from another tab POST /security-info/add kind=recovery_code -> 403
sessions of ada -> 1
as kiosk GET /finish                              -> 200
as kiosk sees "Nothing of yours is left"
sessions of ada -> 0
as kiosk GET /security-info                       -> 303 signin
run people export ada -> 0 none := /"familiarDevices": ?\[\]/

# A reset begun there is gone as well; who comes next begins anew.
as other POST /recover name=ada                   -> 303 check_messages
as other GET /recover/check_messages              -> 200
as other sees "Finish"
as other GET /finish                              -> 200
as other GET /recover/check_messages              -> 303 recover

# Elsewhere the address ends nothing.
run policy set kioskNetworks none -> 0
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as ada GET /finish                                -> 303
as ada GET /security-info                         -> 200
as ada does not see "Finish"
sessions of ada -> 1
