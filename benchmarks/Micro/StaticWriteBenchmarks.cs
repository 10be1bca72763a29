using Prebake.Http1;
using Prebake.Serving;
using Prebake.Routing;
using Prebake.Transports;

namespace Prebake.Benchmarks.Micro;

/// <summary>Answering with a finished response: from the route's number to its bytes, with the current date, in the loop's output.</summary>
[MemoryDiagnoser]
public class StaticWriteBenchmarks
{
    // As many answers as fit into one output buffer with room to spare
    private const int Answers = 128;

    private readonly RouteTable _table = TableOf<StaticApp>();
    private readonly StillLoop _loop = new();
    private DateLine _date = null!;
    private int _route;

    [GlobalSetup]
    public async Task Bake()
    {
        _date = new DateLine(_loop, service: null!);         // asked for nothing: no table here has [Hsts]
        await _table.BakeAsync();
        _route = _table.Find(HttpMethod.Get, "/"u8);
        if (_route < 0 || _route >= _table.StaticCount) throw new InvalidOperationException("/ is not static.");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Answers)]
    public long Get() => Write(headOnly: false, ConnectionField.None);

    [Benchmark(OperationsPerInvoke = Answers)]
    public long Head() => Write(headOnly: true, ConnectionField.None);

    /// <summary>A field is added in front of the empty line, so the head and the body are copied apart.</summary>
    [Benchmark(OperationsPerInvoke = Answers)]
    public long GetAndClose() => Write(headOnly: false, ConnectionField.Close);

    private long Write(bool headOnly, ConnectionField connection)
    {
        for (var i = 0; i < Answers; i++) ResponseWriter.WriteStatic(_loop.Output, _table.GetStatic(_route), headOnly, connection, _date);

        var length = _loop.Output.Length;
        _loop.Output.Clear();
        return length;
    }

    private static RouteTable TableOf<TApp>() where TApp : IApp<TApp>, new() => TApp.CreateTable(new TApp());

    /// <summary>A loop that only lends its output and its clock.</summary>
    private sealed class StillLoop() : Loop(0, static _ => { })
    {
        protected override void Wake() { }
    }
}
