import { demoUsers, findUser } from '../users.ts'

/** What the page shows. */
export interface LoginPage {
  readonly apiKey: string
  readonly redirectParams: string
  readonly userId: string
  readonly error?: string
}

/** Hash-checked by the page's content security policy. */
export const loginStyle = `
:root{color-scheme:light dark;--bg:#f4f5f7;--card:#fff;--text:#1b1f24;--dim:#57606a;--line:#8a929b;--accent:#b3460b;--on:#fff;--warn:#8a4b00;--warnbg:#fff4e0;--bad:#b3141b}
@media(prefers-color-scheme:dark){:root{--bg:#111418;--card:#1a1f25;--text:#e8eaed;--dim:#a5aeb8;--line:#6b7580;--accent:#ff9a5a;--on:#1b1f24;--warn:#ffcf8a;--warnbg:#33270f;--bad:#ff8a8a}}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;display:grid;place-items:center;padding:16px;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:400px;background:var(--card);border-radius:12px;padding:28px 24px;box-shadow:0 1px 3px #0003,0 8px 24px #0001}
h1{margin:0;font-size:22px;line-height:1.3}
p{margin:8px 0}
.note{background:var(--warnbg);color:var(--warn);border-radius:8px;padding:10px 12px;font-size:14px;margin:16px 0}
.error{color:var(--bad);font-weight:600}
label{display:block;margin:16px 0 4px;font-weight:600;font-size:14px}
input{width:100%;font:inherit;padding:10px 12px;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--text)}
.row{display:flex;gap:12px;margin-top:24px}
button{flex:1;font:inherit;font-weight:600;min-height:44px;border-radius:8px;border:1px solid var(--line);background:transparent;color:var(--text);cursor:pointer}
button.primary{background:var(--accent);border-color:var(--accent);color:var(--on)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
h2{font-size:14px;margin:24px 0 0;color:var(--dim)}
ul{list-style:none;margin:4px 0 0;padding:0}
li a{display:flex;justify-content:space-between;gap:12px;padding:10px 0;color:var(--text)}
.dim{color:var(--dim);font-size:14px}
code{font:14px ui-monospace,monospace}
`

/** The login page: plain HTML that works without scripts. */
export function loginPage(page: LoginPage): string {
  const fill = (name: string, value: string) =>
    `<input type="hidden" name="${name}" value="${escape(value)}">`
  const error =
    page.error === undefined ? '' : `<p class="error" role="alert" id="error">${escape(page.error)}</p>`
  const described = page.error === undefined ? '' : ' aria-invalid="true" aria-describedby="error"'
  const [focusUser, focusPassword] = page.userId === '' ? [' autofocus', ''] : ['', ' autofocus']
  return document(`<h1>Sign in to Kite Simulator</h1>
<p class="note"><strong>This is a simulator.</strong> It is not Zerodha: no order here is real. Never type a real password.</p>
${error}
<form method="post" action="/connect/login">
${fill('api_key', page.apiKey)}
${fill('redirect_params', page.redirectParams)}
<label for="user_id">User ID</label>
<input id="user_id" name="user_id" value="${escape(page.userId)}" autocomplete="username" autocapitalize="characters" spellcheck="false" maxlength="20" required${described}${focusUser}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required${described}${focusPassword}>
<div class="row">
<button class="primary" name="decision" value="login">Login</button>
<button name="decision" value="cancel" formnovalidate>Cancel</button>
</div>
</form>
<h2>Demo users</h2>
<ul>${demoUsers.map((id) => userLink(id, page)).join('')}</ul>
<p class="dim">Any user from UK0001 to UK9999 exists. The password is always <code>demo</code>.</p>`)
}

/** A page that says why nobody can log in here. */
export const loginRefusal = (reason: string): string =>
  document(`<h1>Kite Simulator</h1><p class="error" role="alert">${escape(reason)}</p>`)

function userLink(id: string, page: LoginPage): string {
  const query = new URLSearchParams({ v: '3', api_key: page.apiKey, user_id: id })
  if (page.redirectParams !== '') query.set('redirect_params', page.redirectParams)
  const name = escape(findUser(id)?.name ?? '')
  return `<li><a href="/connect/login?${escape(query.toString())}"><span>${id}</span> <span>${name}</span></a></li>`
}

const document = (body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Sign in · Kite Simulator</title>
<link rel="icon" href="data:,">
<style>${loginStyle}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
