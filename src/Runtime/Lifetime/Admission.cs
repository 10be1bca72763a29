using Microsoft.Extensions.Logging;
using Prebake.Http1;
using Prebake.Logging;
using Prebake.Telemetry;
using Prebake.Transports;

namespace Prebake.Lifetime;

/// <summary>Who may connect: counts the open connections and turns away those above the limit.</summary>
/// <param name="limit"><see cref="ServeOptions.MaxConnections"/>.</param>
/// <param name="logger">Told once that the limit has been reached.</param>
/// <param name="speaksTls">A client could not read what is said in plain.</param>
internal sealed class Admission(int? limit, ILogger logger, bool speaksTls)
{
    private bool _limitWasReached;
    private int _admitted;

    public OpenCount Connections { get; } = new();

    /// <summary>Counts a new connection until it ends; false when it has been answered 503. On its loop, in its turn.</summary>
    public bool Admits(Connection connection)
    {
        Connections.Opened();
        if (limit is not { } most)
        {
            connection.Ended = Connections.Ended;
            return true;
        }

        // Those that were turned away take no place: they may take their time to leave
        if (Interlocked.Increment(ref _admitted) <= most)
        {
            connection.Ended = () =>
            {
                Interlocked.Decrement(ref _admitted);
                Connections.Ended();
            };
            return true;
        }

        Interlocked.Decrement(ref _admitted);
        connection.Ended = Connections.Ended;
        if (speaksTls) TurnedAway.Cut(connection);
        else TurnedAway.Answer(connection);
        Instruments.RejectedConnections.Add(1);
        if (Interlocked.Exchange(ref _limitWasReached, true) is false) Log.TooManyConnections(logger, most);
        return false;
    }
}
