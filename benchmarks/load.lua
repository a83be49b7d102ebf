-- Sends one request over and over: the text that wrk is given, with a number of nine digits wherever it has an "@".
-- Arguments: the text; the number to begin after; and, to draw numbers from 1 up to it at random, the last one.

local parts, number, last = {}, 0, 0

function init(args)
   for part in (args[1] .. "@"):gmatch("(.-)@") do parts[#parts + 1] = part end
   number, last = tonumber(args[2]), tonumber(args[3])
end

function request()
   if last > 0 then number = math.random(last) else number = number + 1 end
   return table.concat(parts, string.format("%09d", number))
end

-- Answers and seconds; failures; the 99th percentile of the latency in microseconds.
function done(summary, latency)
   local failed = summary.errors
   io.write(string.format("\nRESULT %d %f %d %f\n", summary.requests, summary.duration / 1e6,
      failed.connect + failed.read + failed.write + failed.status + failed.timeout, latency:percentile(99)))
end
