# A passkey: registered, as a second proof, alone, and as all that a reset asks for.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)              -> 303 security-info
as ada POST /security-info/add kind=passkey            -> 303 pending
as ada sees "Passkeys need JavaScript"
as ada makes blue label="Blue key"                     -> 303 security-info
as ada sees "Blue key"
mail to ada@example.net says "Blue key"
as ada POST /signout                                   -> 303

as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada sees "Use your passkey"
as ada uses blue                                       -> 303 security-info
as ada POST /signout                                   -> 303
as ada uses blue alone                                 -> 303 security-info
sessions of ada -> 1
turn the clock 6m
as ada GET /security-info/add                          -> 303 prove
as ada uses blue                                       -> 303
as ada POST /signout                                   -> 303

# Without verifying its user it is no sign-in, but a second proof.
as visitor uses blue alone unverified                  -> 422
as visitor sees "That passkey doesn't work here"
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada uses blue unverified                            -> 303 security-info

# Of somebody who is disabled it says the same as one that nobody registered.
run people disable ada -> 0
as visitor uses blue alone                             -> 422
as stranger uses green alone                           -> 422
pages of visitor and stranger are equal
run people enable ada -> 0
run people unfreeze ada -> 0

# A reset asks everybody for the same; to its owner one that verifies its user is enough.
as visitor POST /recover name=ada                      -> 303 check_messages
as stranger POST /recover name=noo                     -> 303 check_messages
as visitor GET /recover/ways -> 200; as visitor POST /recover/method method=passkey -> 303 next_proof
as stranger GET /recover/ways -> 200; as stranger POST /recover/method method=passkey -> 303 next_proof
pages of visitor and stranger are equal
as stranger uses blue                                  -> 422
as visitor uses blue                                   -> 303 choose
as visitor POST /recover/choose password="a long walk to the sea" -> 303 password_done

# A password that must be changed is changed before a passkey signs in.
person eve mail=eve@example.net
run people invite eve -> 0 pass.eve := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as eve POST /signin/pass name=eve pass=$pass.eve       -> 303 must_change
as eve POST /signin/choose password="seven herons over the marsh" -> 303 security-info
as eve POST /security-info/add kind=passkey            -> 303 pending
as eve makes red                                       -> 303 security-info
as eve POST /signout                                   -> 303
store UPDATE password SET must_change = 1
as eve uses red alone                                  -> 303 must_change
as eve POST /signin/choose password="nine quiet lanterns on a hill" -> 303 security-info
