using Prebake.Lifetime;

namespace Prebake.Conformance;

/// <summary>What a change of the running code does, without the tool that changes it; and the list of routes.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task A_change_of_the_code_gives_each_watched_server_a_new_table()
    {
        var app = new VersionedApp();
        await using Server first = Serve.Start(app, new ServeOptions { Port = 0, Hostname = "127.0.0.1" });
        await using Server second = Serve.Start(app, new ServeOptions { Port = 0, Hostname = "127.0.0.1" });
        await using Server unwatched = Serve.Start(app, new ServeOptions { Port = 0, Hostname = "127.0.0.1" });
        HotReload.Watch(first);
        HotReload.Watch(second);

        app.Version = "2";
        Assert.Equal("1", (await first.FetchAsync("/version")).BodyText);

        HotReload.UpdateApplication(null);
        await Eventually(async () => (await first.FetchAsync("/version")).BodyText == "2" && (await second.FetchAsync("/version")).BodyText == "2");
        Assert.Equal("1", (await unwatched.FetchAsync("/version")).BodyText);

        // The same again, and again: a watch lasts for many edits
        app.Version = "3";
        HotReload.UpdateApplication([typeof(VersionedApp)]);
        await Eventually(async () => (await first.FetchAsync("/version")).BodyText == "3");
    }

    [Fact]
    public async Task An_edit_that_cannot_be_evaluated_leaves_the_old_table()
    {
        var app = new VersionedApp();
        await using Server server = Serve.Start(app, new ServeOptions { Port = 0, Hostname = "127.0.0.1" });
        HotReload.Watch(server);

        int asked = app.Asked;
        app.Version = null;
        HotReload.UpdateApplication(null);
        await Eventually(() => Task.FromResult(app.Asked > asked));
        Assert.Equal("1", (await server.FetchAsync("/version")).BodyText);

        app.Version = "mended";
        HotReload.UpdateApplication(null);
        await Eventually(async () => (await server.FetchAsync("/version")).BodyText == "mended");
    }

    [Fact]
    public async Task A_stopped_server_is_left_alone()
    {
        var app = new VersionedApp();
        Server server = Serve.Start(app, new ServeOptions { Port = 0, Hostname = "127.0.0.1" });
        HotReload.Watch(server);
        await server.StopAsync();

        int asked = app.Asked;
        HotReload.UpdateApplication(null);
        Assert.Equal(asked, app.Asked);
    }

    [Fact]
    public void The_runtime_finds_the_handler_by_its_attribute_and_its_name()
    {
        var attribute = Assert.Single(typeof(Server).Assembly.GetCustomAttributes(typeof(System.Reflection.Metadata.MetadataUpdateHandlerAttribute), false)
            .Cast<System.Reflection.Metadata.MetadataUpdateHandlerAttribute>());
        Assert.NotNull(attribute.HandlerType.GetMethod("UpdateApplication", [typeof(Type[])]));
    }

    [Fact]
    public void Asked_for_its_routes_a_program_prints_them_and_listens_nowhere()
    {
        // A port that cannot be: the answer comes before it is looked at
        Assert.Equal(0, Serve.Run<VersionedApp>(["--routes", "--port=99999"], new ServeOptions()));
        Assert.Equal("""
            0  GET  /version    VersionedApp.Current  start-up
            1  GET  /user/{id}  VersionedApp.User     handler

            """, Describe<VersionedApp>());
    }

    private static string Describe<T>() where T : IApp<T>, new() => T.CreateTable(new T()).Describe();

    private static async Task Eventually(Func<Task<bool>> isTrue)
    {
        // 20 seconds: longer than any pause of a busy machine, shorter than the test's own limit
        for (int i = 0; i < 2_000; i++)
        {
            if (await isTrue()) return;
            await Task.Delay(10);
        }

        Assert.Fail("It never happened.");
    }
}

internal sealed partial class VersionedApp
{
    public string? Version { get; set; } = "1";

    public int Asked;

    [Static("/version")]
    private string Current()
    {
        Interlocked.Increment(ref Asked);
        return Version ?? throw new InvalidOperationException("no version");
    }

    [Get("/user/{id}")] private static string User(int id) => Paths.User(id);
}
