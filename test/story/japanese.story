# Everything is said in Japanese to a browser that asks for it, and mail follows the person's language.
with registered ada
as visitor in ja GET /recover                     -> 200
as visitor sees "ユーザー名"
as visitor POST /recover name=ada                 -> 303 check_messages
as visitor sees "送信したコードを入力してください"
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=００００００００ -> 422
as visitor sees "コードが正しくありません"
as visitor POST /recover/answer code=$code        -> 303 next_proof
as visitor POST /recover/answer code=totp(ada)    -> 303 choose
as visitor sees "新しいパスワードを決めてください"
as visitor POST /recover/choose password="海まで歩く長い道のりは楽しい" -> 422
as visitor POST /recover/choose password="海まで歩く長い道のりはとても楽しい" -> 303 password_done
as visitor sees "パスワードを変更しました"
as switch GET /recover                            -> 200
as switch POST /language language=ja              -> 303
as switch sees "ユーザー名"
