using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Prebake.Crosstalk;

/// <summary>
/// Seeded random clients against one server process, a new server in it for each phase. What a client sends is decided
/// by the seed, the phase and the client's
/// number alone, so that a seed sends the same again; only how they meet is the machine's.
/// </summary>
internal sealed class RandomLoad(Waits waits, int seed, TimeSpan duration, int clients, IReadOnlyCollection<string>? only)
{
    private static readonly (Weather Weather, bool IsSecure)[] s_phases =
    [
        (Weather.Calm, false), (Weather.ClosesIdle, true), (Weather.Stops, false),
        (Weather.ClosesIdle | Weather.Stops | Weather.Cuts, true), (Weather.ClosesIdle | Weather.StopsFromHandlers, false),
        (Weather.Calm, true), (Weather.ClosesIdle, false),
        (Weather.Calm, false), (Weather.ClosesIdle, false), (Weather.Stops, true),
        (Weather.ClosesIdle | Weather.Stops | Weather.Cuts, false), (Weather.ClosesIdle | Weather.StopsFromHandlers, true),
    ];

    private Subject? _subject;

    public Findings Findings { get; } = new();

    public async Task RunAsync()
    {
        var since = Stopwatch.StartNew();
        var heaps = new List<long>();
        int descriptors = 0;
        try
        {
            for (int number = 0; number == 0 || since.Elapsed < duration; number++)
            {
                if (_subject is null)
                {
                    _subject = new Subject(waits, Tests.SmallBudget);
                    heaps.Clear();

                    // What is opened once, at the first start and the first request to itself
                    await _subject.StartAsync();
                    using (Wire wire = await Wire.ConnectAsync(_subject.Port))
                    {
                        await wire.SendAsync("GET /upstream/a HTTP/1.1\r\nHost: a\r\n\r\n");
                        await wire.ReceiveAsync();
                    }

                    await _subject.HasStoppedAsync();
                    descriptors = _subject.Descriptors;
                }

                (Weather weather, bool isSecure) = s_phases[number % s_phases.Length];
                double left = (duration - since.Elapsed).TotalSeconds;
                double longest = weather.HasFlag(Weather.Cuts) ? 4 : 9;
                var phase = new Phase(number, weather, isSecure, _subject, TimeSpan.FromSeconds(Math.Clamp(left, 2, longest)));
                try
                {
                    await RunAsync(phase, descriptors);
                    if (_subject is { HasDied: false } alive) heaps.Add(await alive.HeapAsync());
                }
                catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException or ObjectDisposedException)
                {
                    await Task.Delay(200);
                    if (_subject is { HasDied: false })
                        Findings.Add("the server does not obey", $"phase {number} ({weather}): {e.Message}");
                    Bury(phase);
                }
            }

            // The second phase has met all that the others meet, but for chance
            if (heaps.Count > 3 && heaps[^1] > heaps[1] + (24 << 20))
            {
                string all = string.Join(", ", heaps.Select(heap => $"{heap >> 10} KiB"));
                Findings.Add("memory growth", $"after collections: {all}");
            }
        }
        finally
        {
            if (_subject is not null) LookAtErrors(_subject);
            _subject?.Dispose();
        }
    }

    private async Task RunAsync(Phase phase, int descriptors)
    {
        Subject subject = phase.Subject;
        await subject.StartAsync(phase.IsSecure);
        phase.Begin();

        var all = new List<Task>();
        for (int i = 0; i < clients; i++)
        {
            var random = new Random(unchecked((seed * 1009 + phase.Number) * 1009 + i));
            all.Add(Task.Run(new RandomClient(phase, random, Findings, only).RunAsync));
        }

        Task outside = DisturbAsync(phase, new Random(unchecked(seed * 31 + phase.Number)));
        await Task.WhenAll(all);
        await outside;

        if (subject.HasDied)
        {
            Bury(phase);
            return;
        }

        SubjectFacts facts = await subject.FactsAsync();
        Report(phase, facts.Reports);
        for (var patience = Stopwatch.StartNew(); !facts.IsQuiet && patience.Elapsed < Wire.Patience;)
        {
            await Task.Delay(50);
            facts = await subject.FactsAsync();
            Report(phase, facts.Reports);
        }

        if (facts.Pending != 0) Findings.Add("requests pending at the end", $"{facts.Pending} in {phase}");
        if (facts.Streams != 0) Findings.Add("streams never disposed of", $"{facts.Streams} in {phase}");
        if (facts.Reads != 0) Findings.Add("reads that never end", $"{facts.Reads} in {phase}");
        if (facts.Loans != 0) Findings.Add("loans never ended", $"{facts.Loans} in {phase}");

        if (!await subject.HasStoppedAsync())
        {
            Findings.Add("StopAsync does not end", $"{phase}");
            Bury(phase);
            return;
        }

        // A new process where the old one cannot be trusted to count from 0
        for (var patience = Stopwatch.StartNew(); subject.Descriptors > descriptors + 2 && patience.Elapsed < Wire.Patience;)
            await Task.Delay(50);
        if (subject.Descriptors > descriptors + 2)
            Findings.Add("descriptor growth", $"{descriptors} before, {subject.Descriptors} after {phase}");
        if (!facts.IsQuiet || subject.Descriptors > descriptors + 2) Bury(phase);
    }

    private void Report(Phase phase, string[] reports)
    {
        foreach (string report in reports) Findings.Add("the server saw: " + report.Split(':')[0], $"{report} in {phase}");
    }

    private async Task DisturbAsync(Phase phase, Random random)
    {
        Subject subject = phase.Subject;
        try
        {
            while (!phase.IsOver)
            {
                await Task.Delay(random.Next(20, 400));
                bool stopsHere = phase.Weather.HasFlag(Weather.Stops) && phase.Progress > 0.6;
                if (stopsHere && !phase.IsStopping)
                {
                    phase.IsStopping = true;
                    await subject.AskAsync(phase.Weather.HasFlag(Weather.Cuts) ? "cut" : "stop");
                }

                if (phase.IsStopping) continue;
                string command = random.Next(4) switch
                {
                    0 when phase.Weather.HasFlag(Weather.ClosesIdle) => "close-idle",
                    1 or 2 => "reload",
                    _ => "collect",
                };
                try
                {
                    await subject.AskAsync(command);
                }
                catch (InvalidOperationException) when (phase.MayStop)
                {
                    // It has been stopped by a handler meanwhile
                }
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException)
        {
            await Task.Delay(200);
            if (!subject.HasDied) Findings.Add("the server does not obey", $"{phase}: {e.Message}");
        }
    }

    private void Bury(Phase phase)
    {
        if (_subject is null) return;
        if (_subject.HasDied)
            Findings.Add("the process died", $"exit code {_subject.ExitCode} in {phase}:\n      {Errors(_subject)}");
        LookAtErrors(_subject);
        _subject.Dispose();
        _subject = null;
    }

    private void LookAtErrors(Subject subject)
    {
        foreach (string line in subject.Faults.Distinct())
            Findings.Add("standard error: " + line, $"the last lines:\n      {Errors(subject)}");
    }

    private static string Errors(Subject subject) => subject.LastErrors.ReplaceLineEndings("\n      ");
}

/// <summary>One server, and what it is led through.</summary>
internal sealed class Phase(int number, Weather weather, bool isSecure, Subject subject, TimeSpan duration)
{
    private readonly Stopwatch _since = new();
    private volatile bool _isStopping;

    public int Number => number;
    public Weather Weather => weather;
    public bool IsSecure => isSecure;
    public Subject Subject => subject;
    public double Progress => _since.Elapsed / duration;
    public bool IsOver => _since.Elapsed >= duration || subject.HasDied;
    public bool MayStop => (weather & (Weather.Stops | Weather.StopsFromHandlers)) != 0;

    /// <summary>It has been told to stop, or is about to be.</summary>
    public bool IsStopping { get => _isStopping; set => _isStopping = value; }

    public void Begin() => _since.Start();

    public override string ToString() => $"phase {number} ({weather}{(isSecure ? ", TLS" : "")})";
}

/// <summary>One client: connections one after the other, requests of every shape, sent and read in every way.</summary>
internal sealed class RandomClient(Phase phase, Random random, Findings findings, IReadOnlyCollection<string>? only)
{
    private enum Leaves { Not, FinishesSending, ResetsWithin, ResetsBehind, ResetsWhileReading }

    // The server's, behind which it sends a client away: one that the machine had no time for
    private static readonly TimeSpan s_timeForHandshake = TimeSpan.FromSeconds(10);

    private readonly Queue<string> _kept = new();
    private List<string> _history = [];

    public async Task RunAsync()
    {
        while (!phase.IsOver)
        {
            _history = [];
            Wire wire;
            var since = Stopwatch.StartNew();
            try
            {
                wire = await Wire.ConnectAsync(phase.Subject.Port, random.Next(12) == 0 ? 150 : 0, phase.IsSecure);
            }
            catch (Exception e) when (e is SocketException or TimeoutException or IOException or AuthenticationException)
            {
                if (phase.IsStopping || await HasDiedAsync()) return;
                if (phase.IsSecure && since.Elapsed >= s_timeForHandshake) continue;
                findings.Add("cannot connect", $"{e.Message} after {since.Elapsed} in {phase}");
                await Task.Delay(200);
                continue;
            }

            _history.Add($"connected from port {wire.LocalPort} in {phase}");
            try
            {
                if (Talks()) await new SocketTalk(phase, random, findings, _history, wire).RunAsync();
                else await ConverseAsync(wire);
            }
            finally
            {
                wire.Dispose();
            }
        }
    }

    private bool Talks() =>
        only is null ? random.Next(5) == 0 : only.Contains(SocketTalk.Name) && (only.Count == 1 || random.Next(5) == 0);

    private async Task ConverseAsync(Wire wire)
    {
        for (int batch = random.Next(1, 7); batch > 0 && !phase.IsOver; batch--)
        {
            var calls = new List<Call>();
            for (int count = random.Next(4) == 0 ? random.Next(2, 6) : 1; count > 0; count--)
            {
                Call call = _kept.Count > 0 && random.Next(4) == 0
                    ? Calls.Touch(random, _kept.Dequeue())
                    : Calls.Pick(random, phase.Weather, only);
                calls.Add(call);
                if (call.EndsConnection || call.Body is not null && call.Shape.StartsWith('u')) break;
            }

            // A cut takes with it what has been answered before and not yet been sent, and what comes after
            if (calls.Exists(call => call.MayBeCut)) calls.ForEach(call => call.MayBeCut = true);

            Leaves leaves = random.Next(24) switch
            {
                0 => Leaves.FinishesSending,
                1 => Leaves.ResetsWithin,
                2 => Leaves.ResetsBehind,
                3 => Leaves.ResetsWhileReading,
                _ => Leaves.Not,
            };
            if (leaves is Leaves.FinishesSending) calls.ForEach(call => call.MayBeCut |= call.HasToken);
            if (!await ExchangeAsync(wire, calls, leaves)) return;
            if (random.Next(3) == 0 && !await IdleAsync(wire)) return;
        }

        if (phase.IsStopping)
        {
            await ClosesAsync(wire, "left open after a stop");
            return;
        }

        switch (random.Next(3))
        {
            case 0:
                wire.Reset();
                return;
            case 1:
                if (!wire.FinishSending()) return;
                _history.Add("finished sending");
                await ClosesAsync(wire, "left open after the client had finished");
                return;
        }
    }

    /// <summary>Sends requests at once and reads their answers; whether the connection may go on.</summary>
    private async Task<bool> ExchangeAsync(Wire wire, List<Call> calls, Leaves leaves)
    {
        byte[] bytes = [.. calls.SelectMany(call => call.Serialize(random))];
        foreach (Call call in calls) _history.Add($"→ {call}");
        if (calls.Exists(call => call.Shape == "stop")) phase.IsStopping = true;

        if (leaves is Leaves.ResetsWithin) bytes = bytes[..random.Next(1, bytes.Length)];
        Task<bool> sending = SendAsync(wire, bytes, random.Next(5) == 0 ? random.Next(2, 7) : 1);
        switch (leaves)
        {
            case Leaves.FinishesSending:
                await sending;
                if (!wire.FinishSending()) return false;
                _history.Add("finished sending");
                break;
            case Leaves.ResetsWithin or Leaves.ResetsBehind:
                await Task.WhenAny(sending, Task.Delay(2_000));
                if (random.Next(2) == 0) await Task.Delay(random.Next(0, 10));
                wire.Reset();
                return false;
        }

        foreach (Call call in calls)
        {
            if (call == calls[^1] && (leaves is Leaves.ResetsWhileReading || call.IsEndless))
            {
                await wire.ListenAsync(TimeSpan.FromMilliseconds(random.Next(1, 20)));
                if (calls.Count == 1) See(call, wire.Rest);
                wire.Reset();
                return false;
            }

            Answer answer = await wire.ReceiveAsync(call.Method == "HEAD");
            _history.Add($"← {(answer.IsWhole ? $"{answer.Status}, {answer.Body.Length} bytes" : $"{answer}")}");
            if (!await JudgeAsync(call, answer, wire)) return false;

            if (call.EndsConnection || string.Equals(answer["Connection"], "close", StringComparison.OrdinalIgnoreCase))
            {
                if (call.EndsConnection && call.MayBeCut) return false;
                await ClosesAsync(wire, "left open behind an answer that says close");
                return false;
            }
        }

        if (leaves is not Leaves.FinishesSending) return await sending;
        await ClosesAsync(wire, "left open after the client had finished");
        return false;
    }

    private async Task<bool> SendAsync(Wire wire, byte[] bytes, int pieces)
    {
        int[] cuts = [.. Enumerable.Range(0, pieces - 1).Select(_ => random.Next(bytes.Length)).Order(), bytes.Length];
        bool[] waits = [.. cuts.Select(_ => random.Next(2) == 0)];
        int at = 0;
        for (int i = 0; i < cuts.Length; i++)
        {
            if (!await wire.SendAsync(bytes.AsMemory(at, cuts[i] - at))) return false;
            at = cuts[i];
            if (i < cuts.Length - 1 && waits[i]) await Task.Delay(1);
        }

        return true;
    }

    private async Task<bool> JudgeAsync(Call call, Answer answer, Wire wire)
    {
        See(call, answer.Raw);
        if (!answer.IsWhole)
        {
            string? kind = answer.End switch { End.TimedOut => "hang at", End.Malformed => "malformed answer to", _ => null };
            if (kind is not null)
            {
                await AddAsync($"{kind} /{call.Shape}", $"{answer}");
                return false;
            }

            bool isAllowed = call.MayBeCut
                || answer.IsNothing && (phase.Weather.HasFlag(Weather.ClosesIdle) || phase.IsStopping)
                || phase.IsStopping && (phase.Weather.HasFlag(Weather.Cuts) || answer.End is End.Reset);
            if (!isAllowed) await AddAsync($"cut at /{call.Shape}", $"{answer}");
            return false;
        }

        findings.Answered(call.Shape);
        if (call.Keeps is { } key) _kept.Enqueue(key);

        if (answer.Body.AsSpan().IndexOf("HTTP/1.1 "u8) >= 0)
            await AddAsync($"an answer within the answer to /{call.Shape}", $"{answer}");

        foreach ((string name, string value) in answer.Headers)
        {
            if (s_always.Concat(call.Headers).Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            await AddAsync($"foreign header in the answer to /{call.Shape}", $"{name}: {value}");
        }

        if (!(call.EndsWithTheServer && phase.IsStopping) && call.Check(answer, wire) is { } wrong)
        {
            await AddAsync($"wrong answer to /{call.Shape}", $"{wrong}: {answer}");
            return false;
        }

        return true;
    }

    private static readonly string[] s_always =
        ["Date", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Keep-Alive"];

    private void See(Call call, ReadOnlySpan<byte> bytes)
    {
        if (call.Secret.FindForeign(bytes) is not { } secret) return;

        findings.Add($"foreign secret in the answer to /{call.Shape}", $"{secret} in {Answer.Excerpt(bytes)}", _history);
    }

    /// <summary>Nothing comes to a connection that asks for nothing; whether it is still open.</summary>
    private async Task<bool> IdleAsync(Wire wire)
    {
        End? end = await wire.ListenAsync(TimeSpan.FromMilliseconds(random.Next(1, 25)));
        if (wire.Rest.Length > 0) await AddAsync("bytes that nobody asked for", Answer.Excerpt(wire.Rest));
        if (end is null) return true;
        if (!phase.Weather.HasFlag(Weather.ClosesIdle) && !phase.IsStopping)
            await AddAsync("an idle connection was cut", $"{end}");
        return false;
    }

    private async Task ClosesAsync(Wire wire, string kind)
    {
        End? end = await wire.ListenAsync(Wire.Patience);
        if (wire.Rest.Length > 0) await AddAsync("bytes that nobody asked for", Answer.Excerpt(wire.Rest));
        if (end is null) await AddAsync(kind, $"after {Wire.Patience.TotalSeconds} s");
    }

    private async Task AddAsync(string kind, string what)
    {
        if (await HasDiedAsync()) return;           // its end is what is told
        findings.Add(kind, what, _history);
    }

    private async Task<bool> HasDiedAsync()
    {
        if (!phase.Subject.HasDied) await Task.Delay(60);
        return phase.Subject.HasDied;
    }
}
