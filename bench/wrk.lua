-- Sends the requests of a file in turn: a line each, its path and its headers with tabs in between.
local requests, turn = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, headers = nil, {}
    for field in line:gmatch("[^\t]+") do
      local name, value = field:match("^(%S+): (.*)$")
      if path == nil then path = field else headers[name] = value end
    end
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"answered":%d,"microseconds":%d,"failed":%d}\n', summary.requests, summary.duration, failed))
end
