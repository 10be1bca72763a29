using System.Runtime.CompilerServices;
using System.Text;
using Prebake.Routing;
using Prebake.Transports;

namespace Prebake.Tests.Transports;

/// <summary>Bytes that are sent from where they lie live until they have been sent.</summary>
public sealed class OutputLifetimeTests
{
    [Fact]
    public void Parked_output_keeps_the_owner_of_the_memory_that_it_points_to()
    {
        var parked = new ParkedOutput();
        WeakReference owner = Park(parked);

        Collect();
        Assert.True(owner.IsAlive, "the bytes had no owner any more while they were waiting to be sent");
        Assert.True(parked.TryPeek(out ReadOnlySpan<byte> bytes));
        Assert.Equal(40_000 - 10, bytes.Length);
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)7));

        parked.Release();
        Collect();
        Assert.False(owner.IsAlive, "what has been sent is kept for nothing");
    }

    [Fact]
    public void A_response_of_the_start_names_the_owner_of_its_bytes()
    {
        StaticBlock block = BakedResponse.OfText("member", new string('x', 40_000), 200, "text/plain", true).Block;
        byte[] owner = Assert.IsType<byte[]>(block.Owner);
        Assert.True(owner.AsSpan().Overlaps(block.Response));
    }

    [Fact]
    public void Text_of_a_table_is_pinned_once_and_for_good()
    {
        string text = $"text {Guid.NewGuid()} é";
        byte[] pinned = BakedResponse.Pin(text);
        Assert.Equal(Encoding.UTF8.GetBytes(text), pinned);
        Assert.Same(pinned, BakedResponse.Pin(new string(text)));
        Assert.Equal(Encoding.Latin1.GetBytes(text), BakedResponse.PinParts(text, ""));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Park(ParkedOutput parked)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(40_000, pinned: true);
        bytes.AsSpan().Fill(7);
        var owner = new object[] { bytes };
        parked.Add(Segment.OfFixed(bytes, owner).From(10));
        return new WeakReference(owner);
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
