using Prebake.Lifetime;

namespace Prebake.Tests.Lifetime;

public sealed class ServerLifeTests
{
    private static readonly ServerState[] s_states = Enum.GetValues<ServerState>();

    [Fact]
    public void A_life_goes_forward_only()
    {
        foreach (ServerState from in s_states)
        {
            foreach (ServerState to in s_states)
            {
                ServerLife life = At(from);
                bool entered = false;
                Assert.Equal(to > from, life.TryAdvance(to, () => entered = true));
                Assert.Equal(to > from, entered);
                Assert.Equal(to > from ? to : from, life.State);
                Assert.Equal(life.State is ServerState.Stopped, life.Stopped.IsCompleted);
            }
        }
    }

    [Fact]
    public void Whatever_follows_the_start_the_start_is_completed_once_and_first()
    {
        foreach (ServerState to in s_states.Where(state => state != ServerState.Starting))
        {
            var said = new List<string>();
            var life = new ServerLife(() => said.Add("all loops run"));
            life.TryAdvance(to, () => said.Add("entered"));
            life.TryAdvance(ServerState.Stopped);
            Assert.Equal(["all loops run", "entered"], said);
        }
    }

    [Fact]
    public void A_start_that_cannot_be_completed_can_still_be_ended()
    {
        int attempts = 0;
        var life = new ServerLife(() =>
        {
            attempts++;
            throw new InvalidOperationException("no loop");
        });
        Assert.Throws<InvalidOperationException>(() => life.TryAdvance(ServerState.Running));
        Assert.Equal(ServerState.Starting, life.State);

        Assert.True(life.TryAdvance(ServerState.Draining));
        Assert.True(life.TryAdvance(ServerState.Stopped));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public void Readiness_ends_before_the_service_does()
    {
        Assert.Equal([false, false, true, true, true], s_states.Select(state => At(state).IsStopping));
        Assert.Equal([false, false, false, true, true], s_states.Select(state => At(state).IsOver));
    }

    [Fact]
    public async Task One_of_many_threads_enters_a_state()
    {
        for (int i = 0; i < 100; i++)
        {
            ServerLife life = At(ServerState.Running);
            int entered = 0;
            bool[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => life.TryAdvance(ServerState.Draining, () => entered++))));
            Assert.Equal(1, results.Count(isFirst => isFirst));
            Assert.Equal(1, entered);
        }
    }

    private static ServerLife At(ServerState state)
    {
        var life = new ServerLife(() => { });
        life.TryAdvance(state);
        return life;
    }
}
