# A password that must be changed signs in when it is changed, and not before; imported hashes are good.
run people import share/sample/people.csv -> 0
as misaki in ja POST /signin name=sasaki.mi password="the river runs north"   -> 303 must_change
as misaki POST /signin/choose password="the river runs north"                 -> 422
as misaki POST /signin/choose password="10041 10041 10041"                    -> 422
as misaki POST /signin/choose password="みじかい"                              -> 422
as misaki POST /signin/choose password="ゆっくり歩いて海まで行きました"          -> 303 security-info
as misaki POST /signout                                                       -> 303
as other POST /signin name=SASAKI.MI password="the river runs north"          -> 422
as other POST /signin name=SASAKI.MI password="ゆっくり歩いて海まで行きました"   -> 303 security-info
