# Where policy asks for it, only keys whose maker vouches for them, by a certificate of the folder, are registered.
maker Acme
maker Rogue unknown
maker Mimic copies Acme
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)              -> 303 security-info

run group add Careful -> 0
run group join careful --person ada -> 0
run policy set isAttestationEnforced on --group careful -> 0

as ada POST /security-info/add kind=passkey            -> 303 pending
as ada makes none packed by Rogue label=No             -> 422
as ada sees "accepts only certain security keys"
as ada makes none packed by Mimic label=No             -> 422
as ada sees "accepts only certain security keys"
as ada makes none fido-u2f by Rogue label=No           -> 422
as ada sees "accepts only certain security keys"
as ada makes blue packed by Acme label="Blue key"      -> 303 security-info
as ada sees "Blue key"

as ada POST /security-info/add kind=passkey            -> 303 pending
as ada makes old fido-u2f by Acme label="Old key"      -> 303 security-info
as ada sees "Old key"
as ada POST /signout                                   -> 303

# What was registered signs in, whoever asks for what later.
as ada uses blue alone                                 -> 303 security-info
as ada POST /signout                                   -> 303

# Nobody asks who made it where no rule does.
run policy set isAttestationEnforced off --group careful -> 0
as ada uses blue alone                                 -> 303 security-info
as ada POST /security-info/add kind=passkey            -> 303 pending
as ada makes green label="Green key"                   -> 303 security-info
as ada sees "Green key"
