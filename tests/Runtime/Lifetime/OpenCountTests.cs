using Prebake.Lifetime;

namespace Prebake.Tests.Lifetime;

public sealed class OpenCountTests
{
    [Fact]
    public void It_is_empty_when_it_is_closed_and_the_last_one_has_ended()
    {
        var count = new OpenCount();
        count.Opened();
        Assert.True(count.TryOpen());
        Assert.Equal(2, count.Open);

        count.Ended();
        count.Close();
        Assert.Equal(1, count.Open);
        Assert.False(count.Empty.IsCompleted);

        count.Ended();
        Assert.True(count.Empty.IsCompleted);
        Assert.Equal(0, count.Open);
    }

    [Fact]
    public async Task Whoever_is_let_in_is_waited_for_however_close_the_closing_is()
    {
        for (int i = 0; i < 2_000; i++)
        {
            var count = new OpenCount();
            Task closing = Task.Run(count.Close);
            bool letIn = count.TryOpen();
            await closing;

            Assert.Equal(!letIn, count.Empty.IsCompleted);
            Assert.False(count.TryOpen());
            if (letIn) count.Ended();
            Assert.True(count.Empty.IsCompleted);
        }
    }
}
