using Prebake.Logging;

namespace Prebake.Lifetime;

/// <summary>
/// Exceptions that end the process, since nobody can catch them: of an <c>async void</c> method, a timer, a thread of
/// the program's own. .NET prevents the end no more than we do, but the log says why it came.
/// </summary>
internal static class UnhandledExceptions
{
    private static readonly UnhandledExceptionEventHandler s_handler =
        static (_, end) => Tell(RunningServers.All, end.ExceptionObject);

    /// <summary>The first server of the process is about to run.</summary>
    public static void Watch() => AppDomain.CurrentDomain.UnhandledException += s_handler;

    /// <summary>The last one has stopped: what happens now is none of its business.</summary>
    public static void Unwatch() => AppDomain.CurrentDomain.UnhandledException -= s_handler;

    /// <summary>Once for each log there is, however many servers write to it, and returns when it is written.</summary>
    internal static void Tell(IEnumerable<Server> servers, object error)
    {
        var told = new HashSet<object>();
        foreach (Server server in servers)
            if (told.Add(server.LogTarget)) Log.Ending(server.Logger, error as Exception);

        ConsoleWriter.Error.Flush();
        ConsoleWriter.Output.Flush();
    }
}
