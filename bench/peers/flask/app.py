"""What the Flask program before Stratdesk was made of: SQLAlchemy, psycopg2 and a session in a signed cookie, or in
Redis when REDIS_URL is set. Run as `gunicorn -w 4 app:app` with DATABASE_URL. No row security, scope or schema."""

import os
from datetime import timezone

from flask import Flask, jsonify, request, session
from flask.json.provider import DefaultJSONProvider
from sqlalchemy import create_engine, text

NEWEST = text(
    """
    select trades.id::text, run_id::text as "runId", runs.name as "runName", trades.strategy_id as "strategyId",
      instrument, side, quantity, entry_price::text as "entryPrice", exit_price::text as "exitPrice",
      entry_at as "entryAt", exit_at as "exitAt", trades.gross::text, trades.charges::text, net::text,
      entry_reason as "entryReason", exit_reason as "exitReason", trades.mode
    from trades join runs on runs.broker_id = trades.broker_id and runs.id = run_id
    where trades.broker_id = :broker
    order by exit_at desc, trades.id desc
    limit 50
    """
)


class Json(DefaultJSONProvider):
    """Keys in the order of the query, instants in UTC as browsers write them."""

    sort_keys = False

    @staticmethod
    def default(value):
        at = value.astimezone(timezone.utc)
        return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


app = Flask(__name__)
app.json = Json(app)
app.secret_key = "a secret of the benchmark, long enough to sign"
engine = create_engine(os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1), pool_size=5)

if "REDIS_URL" in os.environ:
    from flask_session import Session
    from redis import Redis

    app.config.update(SESSION_TYPE="redis", SESSION_REDIS=Redis.from_url(os.environ["REDIS_URL"]))
    Session(app)


@app.post("/sign-in")
def sign_in():
    session["broker_id"] = request.args["broker"]
    return {}


@app.get("/api/trades")
def trades():
    if "broker_id" not in session:
        return {"message": "Sign in to go on"}, 401
    with engine.connect() as connection:
        rows = connection.execute(NEWEST, {"broker": session["broker_id"]}).mappings()
        return jsonify(items=[dict(row) for row in rows])
