using System.Diagnostics;
using StackExchange.Redis;

namespace Prebake.Redis.Tests;

/// <summary>A test that needs a real Redis; skipped by name where there is none.</summary>
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute()
    {
        if (Tools.Find("redis-server") is null) Skip = "No redis-server on the PATH";
    }
}

/// <summary>
/// A Redis of one test's own, on a unix socket, so that no port is taken; it can be killed and started again.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("prebake-redis").FullName;
    private Process? _process;

    /// <summary>As <see cref="RedisBackplane"/> is told of it.</summary>
    public string Configuration => $"!{Socket},connectTimeout=2000,syncTimeout=2000,asyncTimeout=2000";

    private string Socket => Path.Combine(_folder, "redis.sock");

    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer();
        await server.BeginAsync();
        return server;
    }

    /// <summary>One that has not been started yet.</summary>
    public static RedisServer NotYet() => new();

    public async Task BeginAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Tools.Find("redis-server")!,
            ["--port", "0", "--unixsocket", Socket, "--save", "", "--appendonly", "no", "--dir", _folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        ConfigurationOptions options = ConfigurationOptions.Parse(Configuration);
        for (var patience = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            Assert.False(_process.HasExited, "redis-server has ended");
            try
            {
                await using ConnectionMultiplexer probe = await ConnectionMultiplexer.ConnectAsync(options);
                await probe.GetDatabase().PingAsync();
                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                if (patience.Elapsed > TimeSpan.FromSeconds(30)) throw;
            }
        }
    }

    /// <summary>Asks it something, as its administrator.</summary>
    public async Task AskAsync(string command, params object[] arguments)
    {
        await using ConnectionMultiplexer admin =
            await ConnectionMultiplexer.ConnectAsync(ConfigurationOptions.Parse(Configuration));
        await admin.GetDatabase().ExecuteAsync(command, arguments);
    }

    /// <summary>As a crash: nothing is said to anybody.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
        File.Delete(Socket);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
